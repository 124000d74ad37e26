// What a JPEG file holds besides its pixels, and how it goes into another one: EXIF data and XMP, upright and without
// thumbnails, which would show what was removed; the colour profile; comments.

const [SOS, APP0, APP1, APP2, COMMENT] = [0xda, 0xe0, 0xe1, 0xe2, 0xfe];
const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const PROFILE = "ICC_PROFILE\0";
const [ORIENTATION, THUMBNAIL, THUMBNAIL_BYTES] = [0x112, 0x201, 0x202];

const latin = new TextDecoder("latin1");
const begins = (segment, text) => latin.decode(segment.subarray(4, 4 + text.length)) === text;

// Segments of a file before its pixels: [[marker, bytes with marker and length], ...].
function* segments(bytes) {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    if (bytes[at + 1] === 0xff) {
      at += 1; // padding
      continue;
    }
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    if (bytes[at + 1] === SOS) return;
    yield [bytes[at + 1], bytes.slice(at, end)];
    at = end;
  }
}

// { gray, profile, kept }: whether the photo has one channel, whether it has a colour profile, segments to write again.
export function readJpeg(bytes) {
  const found = { gray: false, profile: false, kept: [] };
  for (const [marker, segment] of segments(bytes)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) found.gray = segment[9] === 1;
    const isProfile = marker === APP2 && begins(segment, PROFILE);
    found.profile ||= isProfile;
    if (isProfile || marker === COMMENT) found.kept.push(segment);
    if (marker !== APP1) continue;
    if (begins(segment, EXIF) && makeUpright(segment.subarray(4 + EXIF.length))) found.kept.push(segment);
    if (begins(segment, XMP)) found.kept.push(...uprightXmp(segment));
  }
  return found;
}

// A JPEG file, a Blob, with other segments than a browser gives it.
export async function withSegments(file, kept) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const own = [...segments(bytes)];
  const length = own.reduce((sum, [, segment]) => sum + segment.length, 2);
  const first = own.filter(([marker]) => marker === APP0);
  const rest = own.filter(([marker]) => ![APP0, APP1, APP2].includes(marker));
  const parts = [...first.map(([, each]) => each), ...kept, ...rest.map(([, each]) => each)];
  return new Blob([bytes.subarray(0, 2), ...parts, bytes.subarray(length)], { type: "image/jpeg" });
}

// Make EXIF data say that the photo is upright and has no thumbnail. Returns whether the data is sound.
export function makeUpright(exif) {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  try {
    const little = view.getUint16(0) === 0x4949;
    const number = (at) => view.getUint32(at, little);
    const entries = (directory) => {
      const count = view.getUint16(directory, little);
      return Array.from({ length: count }, (_, i) => directory + 2 + 12 * i);
    };
    const tag = (at) => view.getUint16(at, little);
    const main = number(4);
    for (const at of entries(main)) if (tag(at) === ORIENTATION) view.setUint16(at + 8, 1, little);
    const link = main + 2 + 12 * entries(main).length;
    if (number(link)) {
      const value = Object.fromEntries(entries(number(link)).map((at) => [tag(at), number(at + 8)]));
      exif.fill(0, value[THUMBNAIL], value[THUMBNAIL] + value[THUMBNAIL_BYTES]);
      view.setUint32(link, 0);
    }
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false; // it points beyond its end
    throw error;
  }
}

// XMP that says upright, as a list of one segment; none of one with a preview.
function uprightXmp(segment) {
  const text = latin.decode(segment);
  if (text.includes("xmpGImg:image") || text.includes("HasExtendedXMP")) return [];
  for (const { index } of text.matchAll(/(?<=tiff:Orientation(?:="|>))\d/g)) segment[index] = 49; // "1"
  return [segment];
}
