// What is drawn over a photo, in its coordinates. Marks are
//   { kind: "stroke", tool, width, points: [[x, y], ...] }
//   { kind: "area", tool, points }        a box or a lasso
//   { kind: "bitmap", tool, bitmap, left, top }    a mask of a part of the photo, white on clear
// with the tool "hole", "eraser" or "sketch". There are two layers, "hole" and "sketch"; the eraser erases in both.

import { corners } from "./geometry.js";

export const HALF = 128; // brightness from which a pixel belongs to a layer, as on the server

export const strokesOn = (layer, marks) =>
  marks.filter((mark) => mark.tool === layer || mark.tool === "eraser");

// Draw marks of one layer in a colour; the context's transform is that of the photo.
export function drawMarks(context, marks, colour) {
  for (const mark of marks) {
    context.globalCompositeOperation = mark.tool === "eraser" ? "destination-out" : "source-over";
    context.fillStyle = context.strokeStyle = colour;
    if (mark.kind === "bitmap") drawBitmap(context, mark, colour);
    else if (mark.kind === "area") fillArea(context, mark.points);
    else drawStroke(context, mark, 0);
  }
  context.globalCompositeOperation = "source-over";
}

// Draw a stroke from its point number `from` on.
export function drawStroke(context, { points, width }, from) {
  const [first, ...rest] = points.slice(Math.max(from, 0));
  context.beginPath();
  context.arc(...first, width / 2, 0, 2 * Math.PI); // a line without a length would not be drawn
  context.fill();
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(...first);
  for (const point of rest) context.lineTo(...point);
  context.stroke();
}

export function fillArea(context, points) {
  context.beginPath();
  for (const point of points) context.lineTo(...point);
  context.fill();
}

// Bitmaps are white: where that is not the colour, they are tinted first.
function drawBitmap(context, { bitmap, left, top }, colour) {
  let source = bitmap;
  if (colour !== "white") {
    const most = 2048 / Math.max(bitmap.width, bitmap.height, 2048);
    source = new OffscreenCanvas(Math.ceil(bitmap.width * most), Math.ceil(bitmap.height * most));
    const tint = source.getContext("2d");
    tint.drawImage(bitmap, 0, 0, source.width, source.height);
    tint.globalCompositeOperation = "source-in";
    tint.fillStyle = colour;
    tint.fillRect(0, 0, source.width, source.height);
  }
  context.drawImage(source, left, top, bitmap.width, bitmap.height);
}

// Marks in a photo that was extended by some pixels at its left and top.
export const moved = (marks, x, y) =>
  marks.map(({ left = 0, top = 0, points = [], ...mark }) => ({
    ...mark,
    left: left + x,
    top: top + y,
    points: points.map(([u, v]) => [u + x, v + y]),
  }));

const outlines = new WeakMap(); // by array of marks

// The hole that marks make in a photo: { left, top, width, height, canvas }, white on black, or null.
export function holeOf(marks, photo) {
  if (!outlines.has(marks)) outlines.set(marks, cut("hole", marks, bounds(strokesOn("hole", marks), photo)));
  return outlines.get(marks);
}

// The lines of the sketch within a window of the photo, as `holeOf`.
export const sketchOf = (marks, window) => drawn("sketch", marks, window);

// The smallest rectangle of whole pixels that what marks add is in, or null outside of the photo.
function bounds(marks, photo) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const mark of marks) {
    const { tool, kind, width = 0 } = mark;
    if (tool === "eraser") continue;
    const { left: x0, top: y0, bitmap } = mark;
    const points = kind === "bitmap" ? corners(x0, y0, x0 + bitmap.width, y0 + bitmap.height) : mark.points;
    for (const [x, y] of points) {
      left = Math.min(left, x - width / 2);
      right = Math.max(right, x + width / 2);
      top = Math.min(top, y - width / 2);
      bottom = Math.max(bottom, y + width / 2);
    }
  }
  [left, top] = [Math.max(Math.floor(left), 0), Math.max(Math.floor(top), 0)];
  [right, bottom] = [Math.min(Math.ceil(right), photo.width), Math.min(Math.ceil(bottom), photo.height)];
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : null;
}

function drawn(layer, marks, window) {
  const canvas = new OffscreenCanvas(window.width, window.height);
  // Without alpha, as the server reads it faster.
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.translate(-window.left, -window.top);
  drawMarks(context, strokesOn(layer, marks), "white");
  return { ...window, canvas };
}

// A layer in a window, null if nothing is left of it.
function cut(layer, marks, window) {
  if (!window) return null;
  const part = drawn(layer, marks, window);
  const { data } = part.canvas.getContext("2d").getImageData(0, 0, window.width, window.height);
  const pixels = new Uint32Array(data.buffer);
  return pixels.some((pixel) => (pixel & 255) >= HALF) ? part : null;
}

// Turn an image into a mask, { bitmap, any }: white where it is brighter than half over black, clear elsewhere.
export function readMask(source, { width, height } = source) {
  const bitmap = new OffscreenCanvas(width, height);
  const context = bitmap.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = width === source.width; // pixels of a mask that is resized stay hard
  context.drawImage(source, 0, 0, width, height);
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  let any = false;
  for (let i = 0; i < data.length; i += 4) {
    const bright = (0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]) * data[i + 3] > 127.5 * 255;
    data[i] = data[i + 1] = data[i + 2] = data[i + 3] = bright ? 255 : 0;
    any ||= bright;
  }
  context.putImageData(image, 0, 0);
  return { bitmap, any };
}
