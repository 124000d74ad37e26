// A whole hole, grown, shrunk or inverted, and as the file of a mask.

import { distances } from "./distance.js";
import { element } from "./elements.js";
import { drawMarks, HALF, holeOf, strokesOn } from "./marks.js";

export const STEP = 4; // pixels of the photo by which a key grows or shrinks

const MOST = 32; // pixels that the slider reaches

// Grows by `radius` pixels of the photo, less than 0 shrinks, by a disc as --grow_mask does. A function from a
// radius to a mark in place of the hole's; what is measured once serves all radii.
export function growing(marks, photo) {
  const { left, top, width, height } = around(holeOf(marks, photo), photo);
  const inside = layer(marks, { left, top, width, height });
  const outside = distances(inside, width, height);
  const rest = inside.map((value) => 1 - value);
  const depth = distances(rest, width, height);
  return (radius) => {
    const limit = radius * radius;
    const grown = (_, i) => (radius < 0 ? depth[i] > limit : outside[i] <= limit);
    return bitmapMark(inside.map(grown), { left, top, width, height });
  };
}

const whole = ({ width, height }) => ({ left: 0, top: 0, width, height });

export function inverted(marks, photo) {
  const inside = layer(marks, whole(photo)).map((value) => 1 - value);
  return bitmapMark(inside, whole(photo));
}

// A mask of the photo's size, white on black: a PNG file.
export function maskFile(marks, photo) {
  const canvas = new OffscreenCanvas(photo.width, photo.height);
  const { bitmap } = bitmapMark(layer(marks, whole(photo)), whole(photo));
  canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

// The slider that shows a hole grown or shrunk while it moves, and keeps it when it is let go.
export function followGrowth(editor) {
  const slider = element("growth");
  const { stage } = editor;
  let grow = null;
  slider.addEventListener("input", () => {
    grow ??= growing(editor.state.marks, editor.photo);
    element("growth-told").textContent = `${slider.value > 0 ? "+" : ""}${slider.value} px`;
    stage.show(editor.photo, { ...editor.state, marks: [grow(Number(slider.value))] });
  });
  slider.addEventListener("change", () => {
    if (grow && Number(slider.value)) editor.reshape(() => grow(Number(slider.value)));
    grow = null;
    slider.value = 0;
    element("growth-told").textContent = "0 px";
    editor.update();
  });
}

// The hole's window with room to grow; not beyond the photo, at whose edges nothing shrinks.
function around({ left, top, width, height }, photo) {
  const room = MOST + 1;
  const [x, y] = [Math.max(left - room, 0), Math.max(top - room, 0)];
  const right = Math.min(left + width + room, photo.width);
  const bottom = Math.min(top + height + room, photo.height);
  return { left: x, top: y, width: right - x, height: bottom - y };
}

// 1 where a window of the hole is one, else 0: Uint8Array.
function layer(marks, { left, top, width, height }) {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.translate(-left, -top);
  drawMarks(context, strokesOn("hole", marks), "white");
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  return Uint8Array.from(pixels, (pixel) => (pixel >>> 24 >= HALF ? 1 : 0));
}

function bitmapMark(inside, { left, top, width, height }) {
  const bitmap = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = inside[i] ? 0xffffffff : 0;
  bitmap.getContext("2d").putImageData(image, 0, 0);
  return { kind: "bitmap", tool: "hole", bitmap, left, top };
}
