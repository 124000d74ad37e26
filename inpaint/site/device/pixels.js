// Pixels, { width, height, data, channels }, of a photo that is opened or written.

// With a border of { left, top, right, bottom } pixels in gray, opaque.
export function bordered(pixels, { left, top, right, bottom }, gray, opaque) {
  const { channels, data } = pixels;
  const width = left + pixels.width + right;
  const height = top + pixels.height + bottom;
  const wider = new data.constructor(width * height * channels).fill(gray);
  if (channels % 2 === 0) for (let at = channels - 1; at < wider.length; at += channels) wider[at] = opaque;
  const line = pixels.width * channels;
  for (let y = 0; y < pixels.height; y += 1) {
    wider.set(data.subarray(y * line, (y + 1) * line), ((y + top) * width + left) * channels);
  }
  return { ...pixels, width, height, data: wider };
}

// Lay what was filled, { left, top, width, height, data } with four bytes each, into pixels; what is clear in it is not
// filled. `scale` is that of their values to bytes.
export function lay({ width, data, channels }, fill, scale = 1) {
  const colours = channels > 2 ? 3 : 1; // gray is equal in all three
  for (let y = 0; y < fill.height; y += 1) {
    for (let x = 0; x < fill.width; x += 1) {
      const from = 4 * (y * fill.width + x);
      if (!fill.data[from + 3]) continue;
      const to = channels * ((y + fill.top) * width + x + fill.left);
      for (let c = 0; c < colours; c += 1) data[to + c] = scale * fill.data[from + c];
    }
  }
}
