// The page: creates its parts and connects what belongs to none of them.

import { Editor } from "./editor.js";
import { element, make } from "./elements.js";
import { followEdges } from "./extend.js";
import { Filling } from "./filling.js";
import { Inside } from "./inside.js";
import { Intake } from "./intake.js";
import { Keeping } from "./keeping.js";
import { followKeyboard } from "./keyboard.js";
import { report } from "./messages.js";
import { followPointers } from "./pointers.js";
import { followGrowth } from "./reshape.js";
import { followSaving } from "./saving.js";
import { settings as ask } from "./server.js";
import { followSnaps } from "./snap.js";
import { Stage } from "./stage.js";
import { showSteps } from "./steps.js";
import { showStrip } from "./strip.js";
import { followComparison } from "./wipe.js";
import { t, translate } from "./words.js";

async function start() {
  translate(document);
  const settings = await ask();
  const stage = new Stage(element("stage"));
  const editor = new Editor(stage);
  fillOptions(editor, settings);
  const filling = new Filling(editor);
  const intake = new Intake(editor, settings);
  new Inside(editor, filling, settings);
  showExamples(intake, settings);
  const edges = followEdges(editor, filling);
  followKeyboard(editor, followPointers(editor, edges), followComparison(editor), edges);
  followSnaps(editor, filling);
  followGrowth(editor);
  followSaving(editor);
  showSteps(editor);
  showStrip(editor, filling);
  for (const name of ["options", "help"]) {
    element(name).addEventListener("click", () => element(`${name}-dialog`).showModal());
  }
  await new Keeping(editor, settings.keep_minutes).begin((photo) => intake.adopt(photo));
  editor.update();
  document.body.dataset.ready = "true";
}

function fillOptions(editor, settings) {
  for (const [index, { name }] of settings.networks.entries())
    element("network").add(new Option(name, index));
  element("network-field").hidden = settings.networks.length < 2;
  for (const size of settings.sizes) element("size").add(new Option(size));
  element("size").value = settings.size;
  element("detail").checked = settings.detail === "residual";
  editor.networks = settings.networks;
  if (!settings.on_device) return;
  for (const each of document.querySelectorAll("[data-server]")) each.hidden = each.disabled = true;
}

function showExamples(intake, settings) {
  for (const [name, file] of Object.entries(settings.examples)) {
    const button = make("button", { type: "button", className: "stacked" });
    button.setAttribute("aria-label", t("Example: {name}", { name }));
    button.append(make("img", { src: `examples/${name}/thumbnail.jpg`, alt: "" }));
    button.append(make("img", { src: `filled/${name}.webp`, alt: "" })); // seen when pointed at
    button.addEventListener("click", () => intake.example(name, file));
    const item = make("li");
    item.append(button);
    element("examples").append(item);
  }
  const minutes = +settings.keep_minutes.toPrecision(2);
  element("kept").textContent = settings.on_device
    ? t("Photos never leave this device, which fills them itself, offline too.")
    : t("Photos stay on this server and are removed after {minutes} min without use.", { minutes });
}

start().catch((error) => {
  report(error);
  throw error;
});
