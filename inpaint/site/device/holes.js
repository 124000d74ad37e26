// Groups of holes that are filled together: `inpaint/inference/hole_windows.py` in JavaScript.

import { distances } from "../../demo/web/static/js/distance.js";

const BLOCK = 8; // pixels; holes in neighbouring blocks are one

// Groups of the holes of a mask { width, height, data }, not 0 in the hole: [{ top, left, bottom, right, radius }],
// the radius that of the largest circle in the group. Holes nearer to each other than twice `distance` are one.
export function separateHoles(mask, distance) {
  const { depth, down, across } = depths(mask);
  const labels = grown(depth, down, across, Math.floor(distance / BLOCK));
  const groups = new Map();
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const at = row * across + column;
      if (!depth[at]) continue;
      const [top, left] = [row * BLOCK, column * BLOCK];
      const bottom = Math.min(top + BLOCK, mask.height);
      const right = Math.min(left + BLOCK, mask.width);
      const block = { top, left, bottom, right, radius: depth[at] };
      const group = groups.get(labels[at]);
      groups.set(labels[at], group ? around([group, block]) : block);
    }
  }
  return [...groups.values()];
}

// What is around all of some groups.
export const around = (groups) => ({
  top: Math.min(...groups.map(({ top }) => top)),
  left: Math.min(...groups.map(({ left }) => left)),
  bottom: Math.max(...groups.map(({ bottom }) => bottom)),
  right: Math.max(...groups.map(({ right }) => right)),
  radius: Math.max(...groups.map(({ radius }) => radius)),
});

// Lists of the groups that overlap once each is grown by its distance at all sides.
export function joined(groups, grownBy) {
  const labels = groups.map((_, index) => index);
  const near = (i, j) => {
    const [a, b, both] = [groups[i], groups[j], grownBy[i] + grownBy[j]];
    const rows = a.top - both < b.bottom && b.top - both < a.bottom;
    return rows && a.left - both < b.right && b.left - both < a.right;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < groups.length; i += 1) {
      for (let j = 0; j < groups.length; j += 1) {
        if (labels[j] >= labels[i] || !near(i, j)) continue;
        labels[i] = labels[j];
        changed = true;
      }
    }
  }
  const lists = new Map();
  for (const [index, label] of labels.entries())
    lists.set(label, [...(lists.get(label) ?? []), groups[index]]);
  return [...lists.values()];
}

// The greatest distance from the known pixels in each block; what lies beyond the photo is not known, and no bound.
function depths({ width, height, data }) {
  const [down, across] = [Math.ceil(height / BLOCK), Math.ceil(width / BLOCK)];
  const depth = new Float64Array(down * across);
  let [top, left, bottom, right] = [height, width, 0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!data[y * width + x]) continue;
      [top, left] = [Math.min(top, y), Math.min(left, x)];
      [bottom, right] = [Math.max(bottom, y + 1), Math.max(right, x + 1)];
    }
  }
  // The known pixel that is nearest to a hole's is beside the hole.
  [top, left] = [Math.max(top - 1, 0), Math.max(left - 1, 0)];
  [bottom, right] = [Math.min(bottom + 1, height), Math.min(right + 1, width)];
  const [rows, columns] = [bottom - top, right - left];
  const known = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) known[y * columns + x] = data[(y + top) * width + x + left] ? 0 : 1;
  }
  const squares = distances(known, columns, rows);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const at = Math.floor((y + top) / BLOCK) * across + Math.floor((x + left) / BLOCK);
      const here = Math.min(Math.sqrt(squares[y * columns + x]), Math.max(width, height));
      depth[at] = Math.max(depth[at], here);
    }
  }
  return { depth, down, across };
}

// Labels of connected blocks, corners included, once each is grown by `reach` blocks: Int32Array, 0 where none is.
function grown(depth, down, across, reach) {
  const labels = new Int32Array(down * across);
  const inside = new Uint8Array(down * across);
  const nearby = (at, by, act) => {
    const [row, column] = [Math.floor(at / across), at % across];
    for (let y = Math.max(row - by, 0); y <= Math.min(row + by, down - 1); y += 1) {
      for (let x = Math.max(column - by, 0); x <= Math.min(column + by, across - 1); x += 1)
        act(y * across + x);
    }
  };
  for (let at = 0; at < depth.length; at += 1) {
    if (!depth[at]) continue;
    nearby(at, reach, (each) => {
      inside[each] = 1;
    });
  }
  let count = 0;
  for (let start = 0; start < inside.length; start += 1) {
    if (!inside[start] || labels[start]) continue;
    count += 1;
    labels[start] = count;
    for (const waiting = [start]; waiting.length; ) {
      nearby(waiting.pop(), 1, (each) => {
        if (!inside[each] || labels[each]) return;
        labels[each] = count;
        waiting.push(each);
      });
    }
  }
  return labels;
}
