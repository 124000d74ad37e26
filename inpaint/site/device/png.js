// PNG files with all their bits: what was not filled is the same again, and so are the chunks that tell of it.

import { convertIndexedToRgb, decode, encode } from "fast-png";
import { makeUpright } from "./jpeg.js";
import { bordered, lay } from "./pixels.js";

const OF_PIXELS = ["IHDR", "PLTE", "IDAT", "IEND", "acTL", "fcTL", "fdAT"]; // and of an animation
const OF_PALETTE = ["tRNS", "bKGD", "hIST", "sBIT"];
const HEAD = 33; // bytes of the signature and the first chunk

const latin = new TextDecoder("latin1");

// Chunks of a file: [name, bytes with length, name and checksum].
function* chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    yield [latin.decode(bytes.subarray(at + 4, at + 8)), bytes.subarray(at, end)];
    at = end;
  }
}

// { gray, profile, kept }: whether the photo has no colours, whether it tells which, chunks to write again.
export function readPng(bytes) {
  const type = bytes[25];
  const drop = type === 3 ? [...OF_PIXELS, ...OF_PALETTE] : OF_PIXELS;
  const kept = [...chunks(bytes)].filter(([name, chunk]) => !drop.includes(name) && isUpright(name, chunk));
  const profile = kept.some(([name]) => ["iCCP", "cICP", "gAMA", "cHRM"].includes(name));
  return { gray: type === 0 || type === 4, profile, kept: kept.map(([, chunk]) => chunk.slice()) };
}

// EXIF data that tells of turns or thumbnails is not kept: it would need another checksum.
function isUpright(name, chunk) {
  if (name !== "eXIf") return true;
  const data = chunk.slice(8, -4);
  return makeUpright(data) && data.every((byte, i) => byte === chunk[8 + i]);
}

// A PNG file, a Blob, with chunks in addition.
export async function withChunks(file, kept) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return new Blob([bytes.subarray(0, HEAD), ...kept, bytes.subarray(HEAD)], { type: "image/png" });
}

// The pixels of a file, { width, height, data, depth, channels }, with all bits; null if they are fewer than eight.
export function exactPixels(bytes) {
  const png = decode(bytes);
  if (!png.palette) return png.depth < 8 ? null : png;
  const data = convertIndexedToRgb(png);
  return { ...png, data, depth: 8, channels: data.length / png.width / png.height, palette: undefined };
}

// A PNG file, a Blob, of pixels as above with a border and fills, as photos keep them.
export function writePng(pixels, border, fills) {
  const scale = pixels.depth === 16 ? 257 : 1;
  const wider = bordered(pixels, border, 128 * scale, 255 * scale);
  for (const each of fills) lay(wider, each, scale);
  const { width, height, data, depth, channels } = wider;
  return new Blob([encode({ width, height, data, depth, channels })], { type: "image/png" });
}
