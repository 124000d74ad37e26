// The work on one photo: its history, the tool in hand, and what may be pressed now.

import { element } from "./elements.js";
import { History } from "./history.js";
import { holeOf } from "./marks.js";
import { reshaped } from "./reshape.js";

const RESHAPING = ["grow", "shrink", "invert"];

export class Editor extends EventTarget {
  constructor(stage) {
    super();
    this.stage = stage;
    this.photo = null;
    this.history = new History();
    this.tool = "brush";
    this.busy = false;
    this.networks = [];
    element("brush").addEventListener("input", () => this.stage.refresh("cursor"));
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => this.use(button.dataset.tool));
    }
    this.#press("undo", () => this.undo());
    this.#press("redo", () => this.redo());
    this.#press("clear", () => this.clear());
    this.#press("fit", () => stage.fit());
    for (const change of RESHAPING) this.#press(change, () => this.reshape(change));
    element("network").addEventListener("change", () => this.update());
  }

  get state() {
    return this.history.state;
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

  // Begin to work on a photo.
  open(photo) {
    this.photo = photo;
    this.history = new History();
    document.body.classList.add("loaded");
    this.stage.after = 1;
    this.update();
  }

  use(tool) {
    this.tool = tool;
    this.dispatchEvent(new Event("tool"));
    this.update();
  }

  resize(factor) {
    const brush = element("brush");
    brush.value = Math.round(
      factor > 1 ? Math.max(this.brush * factor, this.brush + 1) : this.brush * factor,
    );
    this.stage.refresh("cursor");
  }

  mark(mark) {
    if (this.busy || !this.photo?.bitmap) return;
    this.history.mark(mark);
    this.update();
    if (mark.tool === "hole") this.dispatchEvent(new Event("marked"));
  }

  fill(fill) {
    this.history.fill(fill);
    this.stage.after = 1;
    this.update();
  }

  undo() {
    this.#step(() => this.history.undo());
  }

  redo() {
    this.#step(() => this.history.redo());
  }

  clear() {
    if (this.state.marks.length) this.#step(() => this.history.clear());
  }

  async reshape(change) {
    const before = this.state;
    const bitmap = await reshaped(before.marks, this.photo, change);
    if (this.state === before) this.#step(() => this.history.reshape(bitmap));
  }

  // Let buttons and canvas agree with the state.
  update() {
    const { marks, fills } = this.state;
    const guided = this.guided;
    if (this.tool === "sketch" && !guided) this.tool = "brush";
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === this.tool));
      if (button.dataset.tool === "sketch") button.hidden = !guided;
    }
    element("undo").disabled = this.busy || !this.history.canUndo;
    element("redo").disabled = this.busy || !this.history.canRedo;
    element("clear").disabled = this.busy || !marks.length;
    for (const change of RESHAPING) element(change).disabled = this.busy || !this.hole;
    element("fill").disabled = this.busy || !this.hole;
    element("stop").hidden = !this.busy;
    element("mask").disabled = this.busy || !this.photo?.bitmap;
    element("download").disabled = this.busy || !fills.length;
    element("compare").disabled = !fills.length;
    element("compared").hidden = this.busy || !fills.length;
    element("after").value = Math.round(100 * this.stage.after);
    document.body.classList.toggle("busy", this.busy);
    if (this.photo?.bitmap) this.stage.show(this.photo, this.state);
    // Or keys would go nowhere.
    if (document.activeElement?.disabled) this.stage.element.focus({ preventScroll: true });
    this.dispatchEvent(new Event("update"));
  }

  #step(change) {
    if (this.busy) return;
    change();
    this.update();
  }

  #press(id, action) {
    element(id).addEventListener("click", action);
  }
}
