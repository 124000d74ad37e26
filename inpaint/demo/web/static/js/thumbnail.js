// Small pictures of a state of the work on a photo.

import { make } from "./elements.js";
import { drawMarks, strokesOn } from "./marks.js";

// A canvas whose longer side has `side` CSS pixels.
export function thumbnail({ photo, marks, fills }, side, colours) {
  const ratio = window.devicePixelRatio || 1;
  const scale = (side * ratio) / Math.max(photo.width, photo.height);
  const canvas = make("canvas", {
    width: Math.max(Math.round(scale * photo.width), 1),
    height: Math.max(Math.round(scale * photo.height), 1),
  });
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  photo.draw(context, fills, 0, scale);
  const layer = new OffscreenCanvas(canvas.width, canvas.height);
  const drawing = layer.getContext("2d");
  drawing.setTransform(scale, 0, 0, scale, 0, 0);
  drawMarks(drawing, strokesOn("hole", marks), colours.hole);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 0.6;
  context.drawImage(layer, 0, 0);
  return canvas;
}
