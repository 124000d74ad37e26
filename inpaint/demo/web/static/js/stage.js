// The canvas: layers on top of each other for the photo, the hole, the sketch and the cursor.

import { Edge } from "./edge.js";
import { element } from "./elements.js";
import { drawMarks, drawStroke, fillArea, strokesOn } from "./marks.js";
import { View } from "./view.js";
import { t } from "./words.js";

const LAYERS = ["photo", "hole", "edge", "sketch", "cursor"];
const STEP = 250; // milliseconds between the steps of moving dashes: the network may need the processor
const ROOM = 0.75; // of the fitted scale, while there are edges to be pulled
const RING = { "rgb(0 0 0 / .55)": 3.5, white: 1.5 }; // colours and widths, seen on any background

export class Stage extends EventTarget {
  constructor(surface) {
    super();
    this.element = surface;
    this.view = new View();
    this.photo = null;
    this.state = { marks: [], fills: [] };
    this.wipe = 0; // share of the photo's width, from its left, that shows it as it was
    this.before = false; // all of it does, without marks, while a button or key is held
    this.edge = new Edge();
    this.draft = null; // the mark that is being drawn
    this.outline = null; // corners of the box that is being placed
    this.border = null; // { left, top, right, bottom } by which the photo is to be extended
    this.cursor = null; // { x, y, radius } on the screen
    this.size = { width: 1, height: 1, below: 0, beside: 0 };
    this.contexts = Object.fromEntries(
      LAYERS.map((name) => [name, element(`${name}-layer`).getContext("2d")]),
    );
    const style = getComputedStyle(document.documentElement);
    this.colours = { hole: style.getPropertyValue("--hole"), sketch: style.getPropertyValue("--sketch") };
    this.stale = new Set();
    const sizes = new ResizeObserver(() => this.#resize());
    for (const each of [surface, element("controls")]) sizes.observe(each);
  }

  // Show a state of a photo.
  show(photo, state) {
    if (photo.bitmap !== this.bitmap) {
      this.photo = photo;
      this.bitmap = photo.bitmap;
      const size = `${photo.width} x ${photo.height}`;
      this.element.setAttribute("aria-label", t("Photo {name}, {size} pixels", { name: photo.name, size }));
      this.fit();
    }
    this.state = state;
    this.refresh("photo", "hole", "sketch", "cursor");
  }

  // Show the photo as it was left of a share of its width.
  compare(share) {
    this.wipe = share;
    this.refresh("photo");
  }

  fit() {
    if (!this.photo) return;
    this.view.fit(this.photo, this.size);
    if (this.border) this.zoom(ROOM);
    this.moved();
  }

  // Of what is not covered.
  get middle() {
    const { width, height, below, beside } = this.size;
    return [(width - beside) / 2, (height - below) / 2];
  }

  zoom(factor, [x, y] = this.middle) {
    if (!this.photo) return;
    this.view.zoom(factor, x, y, this.photo, this.size);
    this.moved();
  }

  pan(dx, dy) {
    if (!this.photo) return;
    this.view.pan(dx, dy, this.photo, this.size);
    this.moved();
  }

  // Dashes around the hole move, unless the visitor wants things to rest.
  work(busy) {
    clearInterval(this.moving);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.moving = busy && !calm ? setInterval(() => this.refresh("edge"), STEP) : null;
    this.refresh("edge");
  }

  moved() {
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
    const { width, height, right, bottom } = this.element.getBoundingClientRect();
    if (!width || !height) return; // another tab is open
    const bar = element("controls").getBoundingClientRect(); // below the photo, or on its right
    const rail = bar.height > bar.width;
    const cover = { below: rail ? 0 : Math.max(bottom - bar.top, 0), beside: rail ? right - bar.left : 0 };
    this.size = { width, height, ...cover };
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
    const stale = new Set(this.stale);
    this.stale.clear();
    if (!this.photo?.bitmap) return;
    for (const layer of LAYERS.filter((name) => stale.has(name) || (name === "edge" && stale.has("hole")))) {
      const context = this.contexts[layer];
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      if (layer === "photo") this.#drawPhoto(context);
      else if (layer === "edge") this.edge.draw(context, this.contexts.hole.canvas, this.ratio, this.moving);
      else if (layer === "cursor") this.#drawCursor(context);
      else if (!this.before) this.#drawMarks(context, layer);
    }
    const { scale, left, top } = this.view;
    Object.assign(this.element.dataset, { scale, left, top });
    this.dispatchEvent(new Event("drawn"));
  }

  #drawPhoto(context) {
    this.view.apply(context, this.ratio);
    this.photo.draw(context, this.state.fills, this.before ? 1 : this.wipe, this.view.scale * this.ratio);
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
    if (this.border) this.#drawBorder(context);
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

  // The border, and a handle at the middle of each edge.
  #drawBorder(context) {
    const { left, top, right, bottom } = this.border;
    const { width, height } = this.photo;
    this.view.apply(context, this.ratio);
    context.globalAlpha = 0.4;
    context.fillStyle = this.colours.hole;
    context.beginPath();
    context.rect(-left, -top, width + left + right, height + top + bottom);
    context.rect(0, 0, width, height);
    context.fill("evenodd");
    context.globalAlpha = 1;
    const [x, y] = [width / 2, height / 2];
    const handles = [-left, y, width + right, y, x, -top, x, height + bottom];
    for (let i = 0; i < handles.length; i += 2)
      ring(context, 4 / this.view.scale, () => {
        context.arc(handles[i], handles[i + 1], 3 / this.view.scale, 0, 2 * Math.PI);
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
