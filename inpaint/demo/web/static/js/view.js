// Where the photo is on the screen: a point (x, y) of it is at (left + scale * x, top + scale * y), in CSS pixels.

import { clamp } from "./geometry.js";

const MARGIN = 16;
const MOST = 32; // screen pixels for a pixel of the photo

export class View {
  constructor() {
    this.scale = 1;
    this.left = 0;
    this.top = 0;
    this.fitted = true; // shows all of the photo, and shall when the window changes
  }

  // Show all of a photo, { width, height }, in a stage, { width, height, below, beside }: what covers its lower edge
  // and its right one.
  fit(photo, stage) {
    this.scale = fitting(photo, stage);
    this.left = (stage.width - stage.beside - this.scale * photo.width) / 2;
    this.top = (stage.height - stage.below - this.scale * photo.height) / 2;
    this.fitted = true;
  }

  // Enlarge by a factor around a point of the screen.
  zoom(factor, x, y, photo, stage) {
    const least = Math.min(fitting(photo, stage), 1) / 2;
    const scale = clamp(this.scale * factor, least, MOST);
    const [px, py] = this.toPhoto(x, y);
    this.scale = scale;
    this.left = x - scale * px;
    this.top = y - scale * py;
    this.pan(0, 0, photo, stage);
  }

  // Move by some screen pixels; a part of the photo stays in view.
  pan(dx, dy, photo, stage) {
    const kept = Math.min(80, stage.width / 3, stage.height / 3);
    const within = (place, length, room) => clamp(place, kept - length, room - kept);
    this.left = within(this.left + dx, this.scale * photo.width, stage.width);
    this.top = within(this.top + dy, this.scale * photo.height, stage.height);
    this.fitted = false;
  }

  toPhoto(x, y) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }

  // Let a canvas context draw in the photo's coordinates.
  apply(context, ratio) {
    const scale = this.scale * ratio;
    context.setTransform(scale, 0, 0, scale, this.left * ratio, this.top * ratio);
  }
}

function fitting(photo, stage) {
  const room = (length) => Math.max(length - 2 * MARGIN, 16);
  const across = room(stage.width - stage.beside) / photo.width;
  return Math.min(across, room(stage.height - stage.below) / photo.height, 4);
}
