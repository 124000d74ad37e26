// The tab "Look inside": how the network fills the hole, stage by stage and layer by layer.

import { element, make } from "./elements.js";
import { holeOf } from "./marks.js";
import { tell } from "./messages.js";
import { lookURL } from "./server.js";

const STAGES = [
  ["incomplete", "Incomplete"],
  ["coarse", "Coarse"],
  ["refined", "Refined"],
  ["completed", "Completed"],
];
const KEYS = { gates: "Key: closed to open", masks: "Key: unknown to known" };

const PAGE = `
  <p>How the network fills the hole that is drawn, or if there is none, the one that was filled last. Photos with a
  side over 512 pixels are downsized for this.</p>
  <div class="row"><button type="button" id="look" class="primary">Look inside</button><p id="look-hint"></p></div>
  <details><summary>Layers to show</summary><div class="layers" id="layers"></div></details>
  <div id="looks" hidden>
    <h2>Coarse to refined</h2>
    <p>The coarse network fills the hole, the refinement network improves it. Both draw a whole image, of which only the
    hole is used.</p>
    <div class="shown" id="stages"></div>
    <section id="attention-section">
      <h2>Attention</h2>
      <p>For each position in the hole, the attention searches the known pixels for similar ones. The colour shows the
      direction and distance of the best match.</p>
      <div class="shown" id="attention"></div>
    </section>
    <section id="gates-section">
      <h2>Gates</h2>
      <p>Gated convolutions learn where to pass on their features: gates are closed (dark) to open (bright). The mean of
      a layer's gates, and the three channels whose gates differ most between the hole (outlined) and its
      surroundings.</p>
      <div class="shown" id="gates"></div>
    </section>
    <section id="masks-section">
      <h2>Masks</h2>
      <p>What partial convolution, the gates' predecessor, would have instead: a position is known (bright) if a layer
      has seen any known pixel there. After some layers of the coarse network this rule forgets the hole, which gates
      can remember.</p>
      <div class="shown" id="masks"></div>
    </section>
  </div>`;

export class Inside {
  constructor(editor, filling, settings) {
    this.editor = editor;
    this.filling = filling;
    element("inside").innerHTML = PAGE;
    for (const name of settings.layers) {
      const label = make("label", { textContent: name });
      const checked = settings.shown_layers.includes(name);
      label.prepend(make("input", { type: "checkbox", name: "layer", value: name, checked }));
      element("layers").append(label);
    }
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

  look() {
    const [marks, source] = this.subject;
    const layers = [...document.querySelectorAll("[name=layer]:checked")].map((box) => box.value);
    const hole = holeOf(marks, this.editor.photo);
    const choices = { layers: layers.join(",") };
    return this.filling.run("looks", "Looking inside", source, marks, hole, choices, ({ id, names }) => {
      this.#show((name) => lookURL(id, name), names);
      tell("The stages of the fill are shown.");
    });
  }

  #show(url, names) {
    const stages = STAGES.filter(([name]) => names.includes(name));
    const both = names.includes("coarse") ? [between(url("coarse"), url("refined"))] : [];
    element("stages").replaceChildren(...both, thumbs(stages, url));
    const key = shown(url("flow_key"), "Key: direction and distance", "key");
    const attended = names.includes("flow") ? [shown(url("flow"), "Attention"), key] : [];
    element("attention").replaceChildren(...attended);
    element("attention-section").hidden = !attended.length;
    for (const [kind, told] of Object.entries(KEYS)) {
      const layers = names.filter((name) => name.startsWith(`${kind}_`));
      const captioned = layers.map((name) => [name, name.slice(kind.length + 1)]);
      const key = shown(url("gate_key"), told, "key long");
      element(kind).replaceChildren(thumbs(captioned, url), key);
      element(`${kind}-section`).hidden = !layers.length;
    }
    element("looks").hidden = false;
  }

  #update() {
    const { busy } = this.editor;
    element("look").disabled = busy || !this.subject;
    const need = this.editor.photo ? "Draw a hole first." : "Open a photo first.";
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
  figure.append(make("img", { src: url, alt: caption }), make("figcaption", { textContent: caption }));
  return figure;
}

// Two images on top of each other; a slider lets the upper one appear.
function between(left, right) {
  const figure = make("figure");
  const frame = make("div", { className: "between" });
  const over = make("img", { src: right, alt: "Refined" });
  frame.append(make("img", { src: left, alt: "Coarse" }), over);
  const slider = make("input", { type: "range", min: 0, max: 100, value: 0 });
  slider.setAttribute("aria-label", "Coarse to refined");
  const follow = () => {
    over.style.opacity = slider.value / 100;
    slider.setAttribute("aria-valuetext", `${slider.value}% refined`);
  };
  slider.addEventListener("input", follow);
  follow();
  const caption = make("figcaption");
  caption.append("Coarse", slider, "Refined");
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
      Object.assign(large.firstElementChild, { src: url(name), alt: caption });
      large.lastElementChild.textContent = caption;
    };
    for (const kind of ["pointerenter", "focus", "click"]) button.addEventListener(kind, show);
    list.append(button);
  }
  parts.append(large, list);
  return parts;
}
