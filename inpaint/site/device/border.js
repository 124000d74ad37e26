// Pixels, { width, height, data, channels }, with a border of { left, top, right, bottom } pixels in gray, opaque.
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
