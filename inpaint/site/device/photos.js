// Photos on this device: reading what was opened, filling, and writing the download.

import { t } from "../../demo/web/static/js/words.js";
import { fill as filled } from "./fill.js";
import { readJpeg, withSegments } from "./jpeg.js";
import { load, run } from "./network.js";
import { bordered, lay } from "./pixels.js";
import { exactPixels, readPng, withChunks, writePng } from "./png.js";
import { get, put } from "./store.js";

const QUALITY = 0.95;
const NONE = { left: 0, top: 0, right: 0, bottom: 0 };
// Pixels as they are in the file, not in the screen's colours.
const RAW = { colorSpaceConversion: "none", premultiplyAlpha: "none" };

let current = {}; // { id, pixels } of the photo that was used last

// What a file is, by its first bytes, and as what it is written: { isPNG, type, gray, profile, kept }.
async function described(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { type: "image/jpeg", ...readJpeg(bytes) };
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return { isPNG: true, type: "image/png", ...readPng(bytes) };
  return { type: "image/png", gray: false, profile: false, kept: [] };
}

// Keep a photo: returns what the server would tell of it.
export async function open(file, name) {
  const pixels = await decoded(file);
  if (!pixels) throw new Error(t("{name} cannot be read by this browser: try a JPEG or PNG file.", { name }));
  const about = await described(file);
  const { type } = about;
  const [, stem, suffix] = name.match(/^(.*?)(\.[^.]*)?$/);
  const fitting = type === "image/jpeg" ? /^\.jpe?g$/i : /^\.png$/i;
  const own = fitting.test(suffix ?? "") ? suffix : `.${type === "image/jpeg" ? "jpg" : "png"}`;
  const download = `${stem || "photo"}_filled${own}`;
  const transparent = type === "image/png" && pixels.data.some((value, i) => i % 4 === 3 && value < 255);
  const said = { transparent, shown: true, download };
  const id = put({ file, about, said, border: NONE, fills: [] });
  return used(id, pixels, said);
}

// What is told of a photo that is kept; its pixels are at hand from now on.
function used(id, pixels, said) {
  current = { id, pixels };
  return { id, width: pixels.width, height: pixels.height, ...said };
}

// Keep a copy of a photo with a border of { left, top, right, bottom } gray pixels in addition.
export async function extend(id, border) {
  const [{ root, said, border: before, fills }, pixels] = [await kept(id), await pixelsOf(id)];
  const wider = withBorder(pixels, border);
  const sum = Object.fromEntries(Object.entries(before).map(([side, width]) => [side, width + border[side]]));
  const moved = fills.map((each) => ({ ...each, left: each.left + border.left, top: each.top + border.top }));
  return used(put({ root, said, border: sum, fills: moved }), wider, said);
}

function withBorder(pixels, border) {
  const wider = bordered(fourBytes(pixels), border, 128, 255);
  return new ImageData(wider.data, wider.width);
}

const fourBytes = ({ width, height, data }) => ({ width, height, data, channels: 4 });

async function decoded(file) {
  const bitmap = await createImageBitmap(file, RAW).catch(() => null);
  return bitmap && dataOf(bitmap);
}

function dataOf(source) {
  const { width, height } = source;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0);
  return context.getImageData(0, 0, width, height);
}

// What is kept of a photo: { root, file, about, said, border, fills }. The file and what it is are kept once, with the
// photo that was opened, `root`; what was made of it has the rest.
async function kept(id) {
  const photo = await get(id);
  const { file, about } = (photo?.file ? photo : photo && (await get(photo.root))) ?? {};
  if (!file) throw new Error(t("This photo is no longer kept: open it again."));
  return { root: id, ...photo, file, about };
}

// Pixels of a photo with its fills: ImageData.
async function pixelsOf(id) {
  if (current.id === id) return current.pixels;
  const { file, border, fills } = await kept(id);
  const pixels = withBorder(await decoded(file), border);
  for (const each of fills) lay(fourBytes(pixels), each);
  current = { id, pixels };
  return pixels;
}

// Fill a hole, { left, top, width, height, data }, not 0 in the hole; `scale` as for `fill.js`.
export async function fill(id, hole, scale, told) {
  const [{ about, root, said, border, fills }, pixels] = [await kept(id), await pixelsOf(id)];
  const { left, top, width, height } = hole;
  const mask = { width: pixels.width, height: pixels.height, data: new Uint8Array(pixels.data.length / 4) };
  for (let y = 0; y < height; y += 1) {
    const row = hole.data.subarray(y * width, (y + 1) * width);
    mask.data.set(row, (y + top) * pixels.width + left);
  }
  await load(told);
  const start = performance.now();
  const result = await filled(pixels, mask, scale, run, (done, total) => told("running", done, total));
  const seconds = (performance.now() - start) / 1000;
  const data = new Uint8ClampedArray(4 * width * height);
  let count = 0;
  for (let i = 0; i < width * height; i += 1) {
    if (!hole.data[i]) continue;
    count += 1;
    const at = 4 * ((top + Math.floor(i / width)) * pixels.width + left + (i % width));
    const colour = result.data.subarray(at, at + 3);
    data.set(about.gray ? new Array(3).fill(luma(colour)) : colour, 4 * i);
    data[4 * i + 3] = 255;
  }
  const done = { left, top, width, height, data };
  lay(fourBytes(result), done); // where gray replaces colours
  const next = put({ root, said, border, fills: [...fills, done] });
  current = { id: next, pixels: new ImageData(result.data, result.width) };
  return { id: next, left, top, width, height, pixels: count, seconds };
}

const luma = ([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue;

function canvasOf(pixels, { left = 0, top = 0, width = pixels.width, height = pixels.height } = {}) {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(pixels, -left, -top);
  return canvas;
}

// A photo or a window of it as a bitmap, in the colours that the file means.
export async function view(id, window) {
  const [{ about }, pixels] = [await kept(id), await pixelsOf(id)];
  const { type, profile, kept: parts } = about;
  const canvas = canvasOf(pixels, window);
  if (!profile) return createImageBitmap(canvas);
  const part = await canvas.convertToBlob({ type, quality: 1 });
  return createImageBitmap(
    await (type === "image/png" ? withChunks(part, parts) : withSegments(part, parts)),
  );
}

// The download: a Blob.
export async function write(id) {
  const { file, about, border, fills } = await kept(id);
  const { type, kept: parts } = about;
  if (type === "image/jpeg") {
    const canvas = canvasOf(await pixelsOf(id));
    return withSegments(await canvas.convertToBlob({ type, quality: QUALITY }), parts);
  }
  const exact = about.isPNG ? exactPixels(new Uint8Array(await file.arrayBuffer())) : null;
  const png = exact
    ? writePng(exact, border, fills)
    : await canvasOf(await pixelsOf(id)).convertToBlob({ type: "image/png" });
  return withChunks(png, parts);
}
