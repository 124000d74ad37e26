// The canvas: layers on top of each other for the photo, the hole, the sketch and the cursor.

import { element } from "./elements.js";
import { drawMarks, drawStroke, fillArea, strokesOn } from "./marks.js";
import { View } from "./view.js";

const LAYERS = ["photo", "hole", "sketch", "cursor"];
const RING = { "rgb(0 0 0 / .55)": 3.5, white: 1.5 }; // colours and widths, seen on any background

export class Stage {
  constructor(surface) {
    this.element = surface;
    this.view = new View();
    this.photo = null;
    this.state = { marks: [], fills: [] };
    this.after = 1; // opacity of fills
    this.before = false; // neither they nor marks are shown, while a button or key is held
    this.draft = null; // the mark that is being drawn
    this.outline = null; // corners of the box that is being placed
    this.cursor = null; // { x, y, radius } on the screen
    this.size = { width: 1, height: 1 };
    this.contexts = Object.fromEntries(
      LAYERS.map((name) => [name, element(`${name}-layer`).getContext("2d")]),
    );
    const style = getComputedStyle(document.documentElement);
    this.colours = { hole: style.getPropertyValue("--hole"), sketch: style.getPropertyValue("--sketch") };
    this.stale = new Set();
    new ResizeObserver(() => this.#resize()).observe(surface);
  }

  // Show a state of a photo.
  show(photo, state) {
    if (photo.bitmap !== this.bitmap) {
      this.photo = photo;
      this.bitmap = photo.bitmap;
      this.view.fit(photo, this.size);
      this.moved();
    }
    this.state = state;
    this.refresh("photo", "hole", "sketch", "cursor");
  }

  fit() {
    if (!this.photo) return;
    this.view.fit(this.photo, this.size);
    this.moved();
  }

  zoom(factor, x = this.size.width / 2, y = this.size.height / 2) {
    if (!this.photo) return;
    this.view.zoom(factor, x, y, this.photo, this.size);
    this.moved();
  }

  pan(dx, dy) {
    if (!this.photo) return;
    this.view.pan(dx, dy, this.photo, this.size);
    this.moved();
  }

  moved() {
    element("fit").hidden = this.view.fitted;
    this.refresh(...LAYERS);
  }

  // Draw layers again before the next frame.
  refresh(...layers) {
    if (!this.stale.size) requestAnimationFrame(() => this.#draw());
    for (const layer of layers) this.stale.add(layer);
  }

  // Draw what was added to the draft since its point number `from`: cheaper than a whole layer.
  extend(from) {
    const context = this.contexts[this.draft.tool];
    if (this.stale.has(this.draft.tool) || !context || this.draft.kind !== "stroke")
      return this.refresh("hole", "sketch");
    this.#clip(context, () => {
      context.fillStyle = context.strokeStyle = this.colours[this.draft.tool];
      drawStroke(context, this.draft, from - 1);
    });
  }

  #resize() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !height) return; // another tab is open
    this.size = { width, height };
    this.ratio = window.devicePixelRatio || 1;
    for (const { canvas } of Object.values(this.contexts)) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    if (this.photo && this.view.fitted) this.view.fit(this.photo, this.size);
    else if (this.photo) this.view.pan(0, 0, this.photo, this.size);
    this.refresh(...LAYERS);
  }

  #draw() {
    const stale = [...this.stale];
    this.stale.clear();
    if (!this.photo?.bitmap) return;
    for (const layer of stale) {
      const context = this.contexts[layer];
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      if (layer === "photo") this.#drawPhoto(context);
      else if (layer === "cursor") this.#drawCursor(context);
      else if (!this.before) this.#drawMarks(context, layer);
    }
    const { scale, left, top } = this.view;
    Object.assign(this.element.dataset, { scale, left, top });
  }

  #drawPhoto(context) {
    this.view.apply(context, this.ratio);
    this.photo.draw(context, this.state.fills, this.before ? 0 : this.after, this.view.scale * this.ratio);
  }

  #drawMarks(context, layer) {
    const marks = this.draft ? [...this.state.marks, this.draft] : this.state.marks;
    this.#clip(context, () => drawMarks(context, strokesOn(layer, marks), this.colours[layer]));
  }

  // Run a function that draws in the photo's coordinates, and nowhere else.
  #clip(context, draw) {
    context.save();
    this.view.apply(context, this.ratio);
    context.beginPath();
    context.rect(0, 0, this.photo.width, this.photo.height);
    context.clip();
    draw();
    context.restore();
  }

  #drawCursor(context) {
    if (this.outline) {
      this.view.apply(context, this.ratio);
      context.globalAlpha = 0.35;
      context.fillStyle = this.colours.hole;
      fillArea(context, this.outline);
      context.globalAlpha = 1;
      ring(context, 1 / this.view.scale, () => {
        for (const point of this.outline) context.lineTo(...point);
        context.closePath();
      });
    }
    if (!this.cursor) return;
    const { x, y, radius } = this.cursor;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ring(context, 1, () => {
      if (radius) return context.arc(x, y, radius, 0, 2 * Math.PI);
      context.moveTo(x - 9, y); // a cross, for boxes and lassos
      context.lineTo(x + 9, y);
      context.moveTo(x, y - 9);
      context.lineTo(x, y + 9);
    });
  }
}

function ring(context, width, path) {
  for (const [colour, wide] of Object.entries(RING)) {
    context.beginPath();
    path();
    context.strokeStyle = colour;
    context.lineWidth = wide * width;
    context.stroke();
  }
}
