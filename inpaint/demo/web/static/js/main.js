// The page: creates its parts and connects what belongs to none of them.

import { Editor } from "./editor.js";
import { element, make } from "./elements.js";
import { Filling } from "./filling.js";
import { Inside } from "./inside.js";
import { Intake } from "./intake.js";
import { followKeyboard, pressing } from "./keyboard.js";
import { report, tell } from "./messages.js";
import { followPointers } from "./pointers.js";
import { settings as ask, blob, fileURL } from "./server.js";
import { Stage } from "./stage.js";

async function start() {
  const settings = await ask();
  const stage = new Stage(element("stage"));
  const editor = new Editor(stage);
  const filling = new Filling(editor);
  const intake = new Intake(editor, filling, settings);
  new Inside(editor, filling, settings);
  fillOptions(editor, settings);
  showExamples(intake, settings);
  const compare = followComparison(editor);
  followKeyboard(editor, followPointers(editor), compare);
  element("download").addEventListener("click", () => download(editor));
  for (const name of ["options", "help"]) {
    element(name).addEventListener("click", () => element(`${name}-dialog`).showModal());
  }
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
}

function showExamples(intake, settings) {
  for (const [name, file] of Object.entries(settings.examples)) {
    const button = make("button", { type: "button" });
    const image = make("img", { src: `examples/${name}/thumbnail`, alt: "" });
    button.setAttribute("aria-label", `Example: ${name}`);
    button.append(image);
    button.addEventListener("click", () => intake.example(name, file));
    const item = make("li");
    item.append(button);
    element("examples").append(item);
  }
  const minutes = settings.keep_minutes;
  const kept = `${+minutes.toPrecision(2)} minute${minutes === 1 ? "" : "s"}`;
  element("kept").textContent = `Photos stay on this server and are removed after ${kept} without use.`;
}

// The slider, and the button or key that shows the photo as it was while it is held.
function followComparison(editor) {
  const { stage } = editor;
  const hold = (before) => {
    if (stage.before === (before && editor.state.fills.length > 0)) return;
    stage.before = before;
    element("compare").setAttribute("aria-pressed", String(before));
    stage.refresh("photo", "hole", "sketch");
  };
  const button = element("compare");
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    hold(true);
  });
  for (const kind of ["pointerup", "pointercancel", "blur"]) button.addEventListener(kind, () => hold(false));
  button.addEventListener("keydown", ({ key }) => pressing(key) && hold(true));
  button.addEventListener("keyup", ({ key }) => pressing(key) && hold(false));
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  const after = element("after");
  after.addEventListener("input", () => {
    stage.after = after.value / 100;
    after.setAttribute("aria-valuetext", `${after.value}% after`);
    stage.refresh("photo");
  });
  return hold;
}

async function download(editor) {
  const { photo } = editor;
  tell("Preparing the download…");
  try {
    const file = await blob(fileURL(editor.state.fills.at(-1).id));
    const link = make("a", { download: photo.download, href: URL.createObjectURL(file) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    tell(`Downloaded ${photo.download}.`);
  } catch (error) {
    tell("");
    report(error);
  }
}

start().catch((error) => {
  report(error);
  throw error;
});
