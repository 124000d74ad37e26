// Working copies: `inpaint/inference/runtimes/litert_filler.py` in JavaScript. Pixels are { width, height, data } with
// four bytes each; maps of a copy are Float32Arrays of side x side x 3.

import { CELL } from "./scale.js";

const REACH = 3; // of the blur, in pixels
const BLUR = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-((i - REACH) ** 2) / 2)); // sigma 1
const BLUR_SUM = BLUR.reduce((sum, each) => sum + each);

// The index that `i` has in a row of `count` that is mirrored at both ends.
function mirrored(i, count) {
  const within = ((i % (2 * count)) + 2 * count) % (2 * count);
  return within < count ? within : 2 * count - 1 - within;
}

// A square of a photo that is filled through a copy of `region.side` pixels; `mask` is as for `regions`.
export class WorkingCopy {
  constructor(pixels, mask, region) {
    this.pixels = pixels;
    this.mask = mask;
    this.region = region;
    this.cells = region.side / CELL; // in a row
    this.cell = region.cell;
    const length = this.cells * this.cell;
    this.rows = Int32Array.from({ length }, (_, i) => mirrored(region.top + i, pixels.height));
    this.columns = Int32Array.from({ length }, (_, i) => mirrored(region.left + i, pixels.width));
    this.hole = this.#reducedHole();
  }

  // 1 where anything of a pixel of the copy is in the hole: Float32Array of side x side.
  #reducedHole() {
    const { mask, cell, rows, columns } = this;
    const { side } = this.region;
    const hole = new Float32Array(side * side);
    for (let y = 0; y < rows.length; y += 1) {
      for (let x = 0; x < columns.length; x += 1) {
        if (!mask.data[rows[y] * mask.width + columns[x]]) continue;
        for (const [i] of shares(y, cell)) for (const [j] of shares(x, cell)) hole[i * side + j] = 1;
      }
    }
    return hole;
  }

  // The photo's means of areas.
  image() {
    const { pixels, cell, rows, columns } = this;
    const { side } = this.region;
    const image = new Float32Array(side * side * 3);
    const parts = Array.from(columns, (_, x) => shares(x, cell));
    const line = new Float64Array(side * 3);
    for (let y = 0; y < rows.length; y += 1) {
      line.fill(0);
      for (let x = 0; x < columns.length; x += 1) {
        const at = 4 * (rows[y] * pixels.width + columns[x]);
        for (const [j, share] of parts[x]) {
          for (let c = 0; c < 3; c += 1) line[3 * j + c] += share * pixels.data[at + c];
        }
      }
      for (const [i, share] of shares(y, cell)) {
        const weight = share / (cell * cell);
        for (let k = 0; k < line.length; k += 1) image[i * line.length + k] += weight * line[k];
      }
    }
    return image;
  }

  // Write what the network made of the copy into the hole's pixels; `weights` of the attention, or null for no detail.
  paste(filled, weights, target) {
    const { cells, cell } = this;
    const taps = Array.from({ length: cells * cell }, (_, i) => cubic(i, cell));
    const residuals = weights && this.#residuals(filled, taps);
    for (let row = 0; row < cells; row += 1) {
      for (let column = 0; column < cells; column += 1) {
        if (!this.#wanted(row, column)) continue;
        const values = enlarged(filled, row, column, cell, cells, taps);
        if (weights) this.#addDetail(values, row, column, weights, residuals);
        this.#write(values, row, column, target);
      }
    }
  }

  // Whether a cell has a pixel of the region's holes.
  #wanted(row, column) {
    let found = false;
    this.#each(row, column, () => {
      found = true;
    });
    return found;
  }

  // Call a function with (index in the cell, index in the photo) of a cell's pixels in the region's holes.
  #each(row, column, act) {
    const { cell, rows, columns, pixels, mask } = this;
    const { top, left, hole } = this.region;
    for (let v = 0; v < cell; v += 1) {
      const y = top + row * cell + v;
      if (y < hole.top || y >= hole.bottom || y >= pixels.height) continue;
      for (let u = 0; u < cell; u += 1) {
        const x = left + column * cell + u;
        if (x < hole.left || x >= hole.right || x >= pixels.width) continue;
        const at = rows[row * cell + v] * pixels.width + columns[column * cell + u];
        if (mask.data[at]) act(v * cell + u, at);
      }
    }
  }

  #write(values, row, column, target) {
    this.#each(row, column, (from, to) => {
      for (let c = 0; c < 3; c += 1) target.data[4 * to + c] = Math.round(values[3 * from + c]); // clamped
    });
  }

  // Function: what the photo has in a cell beyond its blurred copy, zero in the hole.
  #residuals(filled, taps) {
    const { cell, cells, hole, pixels, rows, columns } = this;
    const { side } = this.region;
    const smooth = blurred(filled, side);
    const found = new Map();
    return (at) => {
      if (found.has(at)) return found.get(at);
      const [row, column] = [Math.floor(at / cells), at % cells];
      const values = enlarged(smooth, row, column, cell, cells, taps);
      for (let v = 0; v < cell; v += 1) {
        const i = row * CELL + Math.floor((4 * (2 * v + 1)) / cell);
        for (let u = 0; u < cell; u += 1) {
          const j = column * CELL + Math.floor((4 * (2 * u + 1)) / cell);
          const from = 4 * (rows[row * cell + v] * pixels.width + columns[column * cell + u]);
          const to = 3 * (v * cell + u);
          const known = hole[i * side + j] === 0;
          for (let c = 0; c < 3; c += 1) values[to + c] = known ? pixels.data[from + c] - values[to + c] : 0;
        }
      }
      found.set(at, values);
      return values;
    };
  }

  // Add residuals of the places that the attention found: patches of 2 x 2 cells, of which four overlap everywhere.
  #addDetail(values, row, column, weights, residuals) {
    const { cell } = this;
    const half = cell - Math.floor(cell / 2);
    for (const [place, quarters] of this.#sources(row, column, weights)) {
      const residual = residuals(place);
      for (let v = 0; v < cell; v += 1) {
        for (let u = 0; u < cell; u += 1) {
          const weight = quarters[(v < half ? 0 : 2) + (u < half ? 0 : 1)] / 4;
          const at = 3 * (v * cell + u);
          for (let c = 0; c < 3; c += 1) values[at + c] += weight * residual[at + c];
        }
      }
    }
  }

  // Map: of each cell that is copied to a cell, the sums of weights for its four quarters.
  #sources(row, column, weights) {
    const { cells } = this;
    const count = cells * cells;
    const found = new Map();
    for (const [down, across] of NEIGHBOURS) {
      const [r, s] = [row + down, column + across];
      if (r < 0 || s < 0 || r >= cells || s >= cells) continue;
      const first = (r * cells + s) * count;
      for (let place = 0; place < count; place += 1) {
        const weight = weights[first + place];
        if (weight < LEAST) continue;
        const [y, x] = [Math.floor(place / cells) - down, (place % cells) - across];
        if (y < 0 || x < 0 || y >= cells || x >= cells) continue;
        const at = y * cells + x;
        if (!found.has(at)) found.set(at, [0, 0, 0, 0]);
        const quarters = found.get(at);
        // A cell's first half is covered by its own patch and the one before, the other by its own and the one after.
        for (const i of [0, 1]) {
          for (const j of [0, 1]) {
            if ((down === 0 || down === 2 * i - 1) && (across === 0 || across === 2 * j - 1))
              quarters[2 * i + j] += weight;
          }
        }
      }
    }
    return found;
  }
}

const NEIGHBOURS = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((across) => [down, across]));
const LEAST = 1e-6; // weights below change no level

// The pixels of the copy that pixel `i` has a part in, in a row of cells: [[index, eighths of the pixel], ...].
function shares(i, cell) {
  const found = [];
  for (let j = Math.floor((CELL * i) / cell); j * cell < CELL * (i + 1); j += 1) {
    found.push([j, Math.min(CELL * (i + 1), (j + 1) * cell) - Math.max(CELL * i, j * cell)]);
  }
  return found;
}

// Cubic interpolation (Keys, a = -0.5) at pixel `i` of a row of cells: [first pixel of the copy, four weights].
function cubic(i, cell) {
  const centre = ((i + 0.5) * CELL) / cell - 0.5;
  const first = Math.floor(centre) - 1;
  const weights = [0, 1, 2, 3].map((k) => {
    const x = Math.abs(first + k - centre);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  });
  return [first, weights];
}

// A cell of an enlarged copy: Float32Array of cell x cell x 3.
function enlarged(copy, row, column, cell, cells, taps) {
  const side = cells * CELL;
  const values = new Float32Array(cell * cell * 3);
  const top = taps[row * cell][0];
  const bottom = taps[row * cell + cell - 1][0] + 4;
  const lines = new Float32Array((bottom - top) * cell * 3); // enlarged from left to right
  for (let y = top; y < bottom; y += 1) {
    const from = mirrored(y, side) * side;
    for (let u = 0; u < cell; u += 1) {
      const [first, weights] = taps[column * cell + u];
      for (let k = 0; k < 4; k += 1) {
        const at = 3 * (from + mirrored(first + k, side));
        for (let c = 0; c < 3; c += 1) lines[3 * ((y - top) * cell + u) + c] += weights[k] * copy[at + c];
      }
    }
  }
  for (let v = 0; v < cell; v += 1) {
    const [first, weights] = taps[row * cell + v];
    for (let k = 0; k < 4; k += 1) {
      const from = 3 * cell * (first + k - top);
      for (let u = 0; u < 3 * cell; u += 1) values[3 * cell * v + u] += weights[k] * lines[from + u];
    }
  }
  return values;
}

function blurred(copy, side) {
  const along = (source, step, other) => {
    const result = new Float32Array(source.length);
    for (let line = 0; line < side; line += 1) {
      for (let i = 0; i < side; i += 1) {
        const to = 3 * (line * other + i * step);
        for (let k = -REACH; k <= REACH; k += 1) {
          const from = 3 * (line * other + mirrored(i + k, side) * step);
          const weight = BLUR[k + REACH] / BLUR_SUM;
          for (let c = 0; c < 3; c += 1) result[to + c] += weight * source[from + c];
        }
      }
    }
    return result;
  };
  return along(along(copy, 1, side), side, 1);
}
