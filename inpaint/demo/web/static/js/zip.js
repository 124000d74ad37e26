// ZIP archives whose files are stored as they are; one may be larger than the memory, as browsers keep blobs on disk.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let i = 0; i < 8; i += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const VERSION = 20;
const UTF8 = 1 << 11;
const DATE = 0x21; // 1980-01-01: archives of the same files are the same

// An archive of files, { name, content: Blob }; names that come again get a number.
export async function zip(files) {
  const parts = [];
  const directory = [];
  const names = new Set();
  let place = 0;
  for (const { name, content } of files) {
    const called = new TextEncoder().encode(unused(name, names));
    const sum = await checksum(content);
    const about = [VERSION, UTF8, 0, 0, DATE, [sum], [content.size], [content.size], called.length, 0];
    const head = bytes([0x04034b50], ...about);
    directory.push(bytes([0x02014b50], VERSION, ...about, 0, 0, 0, [0], [place]), called);
    parts.push(head, called, content);
    place += head.length + called.length + content.size;
  }
  const size = directory.reduce((total, { length }) => total + length, 0);
  const end = bytes([0x06054b50], 0, 0, files.length, files.length, [size], [place], 0);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

// Numbers of two bytes, and in brackets of four.
function bytes(...numbers) {
  return Uint8Array.from(
    numbers.flatMap((number) => {
      const [value, count] = Array.isArray(number) ? [number[0], 4] : [number, 2];
      return Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 255);
    }),
  );
}

async function checksum(content) {
  let sum = 0xffffffff;
  const reader = content.stream().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return ~sum >>> 0;
    for (const byte of value) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  }
}

function unused(name, names) {
  const [, stem, suffix] = name.match(/^(.*?)(\.[^.]*)?$/);
  let called = name;
  for (let number = 2; names.has(called); number += 1) called = `${stem}_${number}${suffix ?? ""}`;
  names.add(called);
  return called;
}
