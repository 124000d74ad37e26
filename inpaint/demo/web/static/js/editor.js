// The photos that are open and the work on each; the tool in hand, and what may be pressed now.

import { element } from "./elements.js";
import { holeOf } from "./marks.js";
import { growing, inverted, STEP } from "./reshape.js";
import { Work } from "./work.js";

const RESHAPING = {
  grow: (marks, photo) => growing(marks, photo)(STEP),
  shrink: (marks, photo) => growing(marks, photo)(-STEP),
  invert: inverted,
};

export class Editor extends EventTarget {
  constructor(stage) {
    super();
    this.stage = stage;
    this.works = []; // a `Work` on each photo
    this.work = new Work(null);
    this.tool = "brush";
    this.busy = false;
    this.networks = [];
    element("brush").addEventListener("input", () => this.#sized());
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => this.use(button.dataset.tool));
    }
    this.#press("undo", () => this.go(this.work.index - 1));
    this.#press("redo", () => this.go(this.work.index + 1));
    this.#press("clear", () => this.clear());
    this.#press("fit", () => stage.fit());
    this.#press("zoom-in", () => stage.zoom(1.25));
    this.#press("zoom-out", () => stage.zoom(1 / 1.25));
    for (const [id, change] of Object.entries(RESHAPING)) this.#press(id, () => this.reshape(change));
    element("network").addEventListener("change", () => this.update());
    stage.addEventListener("drawn", () => {
      element("fit").textContent = `${Math.round(100 * stage.view.scale)}%`;
    });
    this.#sized();
  }

  get photo() {
    return this.work.photo;
  }

  get state() {
    return this.work.state;
  }

  // Diameter of the brush in screen pixels.
  get brush() {
    return Number(element("brush").value);
  }

  get guided() {
    return this.networks[Number(element("network").value) || 0]?.guided ?? false;
  }

  // The hole that would be filled, or null.
  get hole() {
    return this.photo?.bitmap ? holeOf(this.state.marks, this.photo) : null;
  }

  // Whether leaving would lose results that were not downloaded, or one that is being made.
  get unsaved() {
    return this.busy || this.works.some(({ unsaved }) => unsaved);
  }

  // Begin to work on another photo; those before stay open.
  open(photo) {
    const work = this.works.find((each) => each.photo === photo) ?? new Work(photo);
    if (!this.works.includes(work)) this.works.push(work);
    this.take(work);
  }

  // Go on with the work on a photo.
  take(work) {
    if (this.busy && work !== this.work) this.dispatchEvent(new Event("leave"));
    this.work = work;
    document.body.classList.add("loaded");
    this.stage.wipe = 0;
    this.dispatchEvent(new Event("taken"));
    this.update();
  }

  close(work) {
    const index = this.works.indexOf(work);
    this.works.splice(index, 1);
    if (work === this.work) this.take(this.works[Math.max(index - 1, 0)]);
    else this.update();
  }

  use(tool) {
    this.tool = tool;
    this.dispatchEvent(new Event("tool"));
    this.update();
  }

  resize(factor) {
    element("brush").value *= factor; // rounded and kept within its limits by the slider
    this.#sized();
  }

  // Marks are taken at any time: those that are drawn while a fill runs are filled after it.
  mark(mark) {
    if (!this.photo?.bitmap) return;
    this.step("mark", mark);
    if (mark.tool === "hole") this.dispatchEvent(new Event("marked"));
  }

  // A line around or across a thing, whose edges are to be found: a stroke, to be drawn or erased.
  snap(stroke) {
    this.dispatchEvent(new CustomEvent("snap", { detail: stroke }));
  }

  // Take a step of the work by one of its methods, and show what it led to.
  step(method, ...values) {
    this.work[method](...values);
    this.stage.wipe = 0;
    this.update();
  }

  go(index) {
    this.#ifIdle(() => this.work.go(index));
  }

  clear() {
    if (this.state.marks.length) this.#ifIdle(() => this.work.clear());
  }

  // `change(marks, photo)` returns the mark that takes the hole's place.
  reshape(change) {
    if (this.hole) this.#ifIdle(() => this.work.reshape(change(this.state.marks, this.photo)));
  }

  // Let buttons and canvas agree with the state.
  update() {
    const { marks, fills } = this.state;
    const { states, index } = this.work;
    const guided = this.guided;
    if (this.tool === "sketch" && !guided) this.tool = "brush";
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === this.tool));
      if (button.dataset.tool === "sketch") button.hidden = !guided;
    }
    const idle = !this.busy;
    const possible = { undo: idle && index > 0, redo: idle && states[index + 1] };
    Object.assign(possible, { clear: idle && marks.length, mask: idle && this.photo?.bitmap });
    possible.extend = possible.mask;
    Object.assign(possible, { download: idle && fills.length, copy: idle && fills.length });
    possible.compare = fills.length;
    for (const id of [...Object.keys(RESHAPING), "growth", "save-mask", "fill"])
      possible[id] = idle && this.hole;
    for (const [id, may] of Object.entries(possible)) element(id).disabled = !may;
    element("stop").hidden = idle;
    if (this.busy !== document.body.classList.contains("busy")) this.stage.work(this.busy);
    document.body.classList.toggle("busy", this.busy);
    if (this.photo?.bitmap) this.stage.show(this.photo, this.state);
    // Or keys would go nowhere.
    if (document.activeElement?.disabled) this.stage.element.focus({ preventScroll: true });
    this.dispatchEvent(new Event("update"));
  }

  #ifIdle(change) {
    if (this.busy) return;
    change();
    this.update();
  }

  #sized() {
    element("brush-told").textContent = `${this.brush} px`;
    this.stage.refresh("cursor");
  }

  #press(id, action) {
    element(id).addEventListener("click", action);
  }
}
