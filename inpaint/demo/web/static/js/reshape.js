// A whole hole, grown, shrunk or inverted.

import { drawMarks, HALF, strokesOn } from "./marks.js";

const STEP = 4; // pixels of the photo by which a hole grows: a disc of this radius, as --grow_mask does

// The hole of marks after a change, "grow", "shrink" or "invert": a bitmap of the photo's size, white on clear.
export async function reshaped(marks, photo, change) {
  const context = new OffscreenCanvas(photo.width, photo.height).getContext("2d", {
    willReadFrequently: true,
  });
  drawMarks(context, strokesOn("hole", marks), "white");
  sharpen(context, photo);
  // What shrinks is what grows around it, but not at the photo's edges.
  if (change !== "grow") invert(context, photo);
  if (change !== "invert") await grow(context);
  if (change === "shrink") invert(context, photo);
  return createImageBitmap(context.canvas);
}

// Let each pixel be white or clear.
function sharpen(context, { width, height }) {
  const image = context.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = pixels[i] >>> 24 >= HALF ? 0xffffffff : 0;
  context.putImageData(image, 0, 0);
}

function invert(context, { width, height }) {
  context.globalCompositeOperation = "source-out";
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
}

async function grow(context) {
  const before = await createImageBitmap(context.canvas);
  for (let y = -STEP; y <= STEP; y += 1)
    for (let x = -STEP; x <= STEP; x += 1) if (x * x + y * y <= STEP * STEP) context.drawImage(before, x, y);
}
