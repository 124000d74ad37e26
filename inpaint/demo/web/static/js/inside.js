// The tab "Look inside": how the network fills the hole, stage by stage and layer by layer.

import { element, make } from "./elements.js";
import { holeOf } from "./marks.js";
import { tell } from "./messages.js";
import { lookURL } from "./server.js";
import { t } from "./words.js";

const STAGES = ["Incomplete", "Coarse", "Refined", "Completed"];
const KEYS = { gates: "Key: closed to open", masks: "Key: unknown to known" };
const STRENGTH = 60; // percent that the flow covers the photo with at first

export class Inside {
  constructor(editor, filling, settings) {
    this.editor = editor;
    this.filling = filling;
    this.shown = null; // the subject and layers that were looked at last
    element("network").addEventListener("change", () => this.#offer(settings));
    this.#offer(settings);
    element("look").addEventListener("click", () => this.look());
    editor.addEventListener("update", () => this.#update());
    this.#tabs();
    this.#update();
  }

  // What is looked at: [marks, the fill whose result they are on or undefined], or null.
  get subject() {
    const { marks, fills } = this.editor.state;
    if (this.editor.hole) return [marks, fills.at(-1)];
    return fills.length ? [fills.at(-1).marks, fills.at(-2)] : null;
  }

  // Look at once, unless what is to be seen is shown already.
  #begin() {
    const [marks] = this.subject ?? [];
    if (marks && !this.editor.busy && (marks !== this.shown || this.stale)) this.look();
  }

  // Let the layers of the chosen network be chosen.
  #offer({ networks }) {
    const { layers, shown_layers } = networks[Number(element("network").value) || 0];
    const labels = layers.map((name) => {
      const label = make("label", { textContent: name });
      const checked = shown_layers.includes(name);
      label.prepend(make("input", { type: "checkbox", name: "layer", value: name, checked }));
      return label;
    });
    element("layers").replaceChildren(...labels);
    this.stale = true;
  }

  look() {
    const [marks, source] = this.subject;
    const layers = [...document.querySelectorAll("[name=layer]:checked")].map((box) => box.value);
    const hole = holeOf(marks, this.editor.photo);
    const choices = { layers: layers.join(",") };
    return this.filling.work("looks", t("Looking inside…"), source, marks, hole, choices, ({ id, names }) => {
      this.#show((name) => lookURL(id, name), names);
      this.shown = marks;
      this.stale = false;
      tell(t("The stages of the fill are shown."));
    });
  }

  #show(url, names) {
    const stages = STAGES.map((told) => [told.toLowerCase(), t(told)]).filter(([name]) =>
      names.includes(name),
    );
    const both = names.includes("coarse")
      ? [between([url("coarse"), t("Coarse")], [url("refined"), t("Refined")], t("Coarse to refined"), 0)]
      : [];
    element("stages").replaceChildren(...both, thumbs(stages, url));
    const key = shown(url("flow_key"), t("Key: direction and distance"), "key");
    const photo = [url("completed"), t("Photo")];
    const flow = [url("flow"), t("Attention")];
    const attended = names.includes("flow") ? [between(photo, flow, t("Strength"), STRENGTH), key] : [];
    element("attention").replaceChildren(...attended);
    element("attention-section").hidden = !attended.length;
    for (const [kind, told] of Object.entries(KEYS)) {
      const layers = names.filter((name) => name.startsWith(`${kind}_`));
      const captioned = layers.map((name) => [name, name.slice(kind.length + 1)]);
      const key = shown(url("gate_key"), t(told), "key long");
      element(kind).replaceChildren(thumbs(captioned, url), key);
      element(`${kind}-section`).hidden = !layers.length;
    }
    element("looks").hidden = false;
  }

  #update() {
    const { busy } = this.editor;
    element("look").disabled = busy || !this.subject;
    const need = this.editor.photo ? t("Draw a hole first.") : t("Open a photo first.");
    element("look-hint").textContent = this.subject ? "" : need;
  }

  #tabs() {
    const tabs = [element("tab-fill"), element("tab-inside")];
    const choose = (chosen) => {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        element(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
      }
      document.body.classList.toggle("inside", chosen === tabs[1]);
      if (chosen === tabs[1]) this.#begin();
    };
    tabs.forEach((tab, index) => {
      tab.addEventListener("click", () => choose(tab));
      tab.addEventListener("keydown", ({ key }) => {
        if (key !== "ArrowLeft" && key !== "ArrowRight") return;
        choose(tabs[1 - index]);
        tabs[1 - index].focus();
      });
    });
  }
}

function shown(url, caption, className = "") {
  const figure = make("figure", { className });
  const image = make("img", { src: url, alt: caption });
  const button = make("button", { type: "button", className: "enlarge", title: t("Enlarge") });
  button.append(image);
  button.addEventListener("click", () => {
    Object.assign(element("large-image"), { src: image.src, alt: image.alt });
    element("large-dialog").showModal();
  });
  figure.append(button, make("figcaption", { textContent: caption }));
  return figure;
}

// Two images, [url, caption], on top of each other; a slider lets the upper one appear.
function between([low, lowTold], [high, highTold], name, value) {
  const figure = make("figure");
  const frame = make("div", { className: "between" });
  const over = make("img", { src: high, alt: highTold });
  frame.append(make("img", { src: low, alt: lowTold }), over);
  const slider = make("input", { type: "range", min: 0, max: 100, value });
  slider.setAttribute("aria-label", name);
  const follow = () => {
    over.style.opacity = slider.value / 100;
    slider.setAttribute("aria-valuetext", `${slider.value}% ${highTold}`);
  };
  slider.addEventListener("input", follow);
  follow();
  const caption = make("figcaption");
  caption.append(lowTold, slider, highTold);
  figure.append(frame, caption);
  return figure;
}

// Buttons with small images: pointing at one, or focusing it, shows it large beside them.
function thumbs(names, url) {
  const parts = document.createDocumentFragment();
  if (!names.length) return parts;
  const list = make("div", { className: "thumbs" });
  const large = shown(url(names[0][0]), names[0][1]);
  for (const [name, caption] of names) {
    const button = make("button", { type: "button" });
    button.append(make("img", { src: url(name), alt: "", loading: "lazy" }), caption);
    const show = () => {
      Object.assign(large.querySelector("img"), { src: url(name), alt: caption });
      large.lastElementChild.textContent = caption;
    };
    for (const kind of ["pointerenter", "focus", "click"]) button.addEventListener(kind, show);
    list.append(button);
  }
  parts.append(large, list);
  return parts;
}
