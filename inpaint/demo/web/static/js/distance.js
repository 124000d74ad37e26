// Squared distances between pixels, exact: P. Felzenszwalb and D. Huttenlocher, Distance Transforms of Sampled
// Functions (2012). What is at most r away from a shape is the shape grown by a disc of radius r.

const FAR = 1e12;

// Squared distance of each pixel to the nearest where `inside` is not 0: Float64Array; rows of `width` pixels.
export function distances(inside, width, height) {
  const field = Float64Array.from(inside, (value) => (value ? 0 : FAR));
  const length = Math.max(width, height);
  const line = new Float64Array(length);
  const places = new Int32Array(length);
  const bounds = new Float64Array(length + 1);
  const along = (count, first, step) => {
    for (let i = 0; i < count; i += 1) line[i] = field[first + i * step];
    let last = 0;
    places[0] = 0;
    bounds[0] = -FAR;
    bounds[1] = FAR;
    for (let i = 1; i < count; i += 1) {
      let cut = meeting(line, i, places[last]);
      while (cut <= bounds[last]) {
        last -= 1;
        cut = meeting(line, i, places[last]);
      }
      last += 1;
      places[last] = i;
      bounds[last] = cut;
      bounds[last + 1] = FAR;
    }
    for (let i = 0, k = 0; i < count; i += 1) {
      while (bounds[k + 1] < i) k += 1;
      field[first + i * step] = (i - places[k]) ** 2 + line[places[k]];
    }
  };
  for (let x = 0; x < width; x += 1) along(height, x, width);
  for (let y = 0; y < height; y += 1) along(width, y * width, 1);
  return field;
}

// Where the parabolas over two places of a line meet.
const meeting = (line, i, j) => (line[i] + i * i - line[j] - j * j) / (2 * (i - j));
