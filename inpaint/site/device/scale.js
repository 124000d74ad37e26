// What to fill at which size: the rule of `auto` in `inpaint/inference/scale.py`, in JavaScript.

import { around, joined, separateHoles } from "./holes.js";

export const CELL = 8; // pixels of a working copy that one position of the attention stands for
const APART = 32; // pixels of a working copy: holes nearer to each other than twice this are filled together

// Divide a photo into squares that are filled at one size each.
//   mask: { width, height, data }, not 0 in the hole, which is not empty
//   holeWidth: diameter of the largest circle in a hole that the network fills well
//   sides: of the network's inputs, in ascending order
// Returns [{ top, left, hole, cell, side }]: the square's corner, the rectangle of its holes, how many pixels 8 pixels
// of the working copy stand for, and the copy's side. What reaches beyond the photo is mirrored.
export function regions(mask, holeWidth, sides) {
  const longer = Math.max(mask.width, mask.height);
  const most = Math.max(CELL, Math.ceil((CELL * longer) / sides[0]));
  let holes = separateHoles(mask, APART);
  for (;;) {
    const chosen = holes.map((hole) => {
      const needed = Math.min((2 * CELL * hole.radius) / holeWidth, most);
      // A hole is at most half as wide and high as its copy, so that there is something to fill it from.
      const shown = Math.min(2 * Math.max(hole.bottom - hole.top, hole.right - hole.left), longer);
      return cellAndSide(shown, needed, sides);
    });
    const groups = joined(
      holes,
      chosen.map(({ cell }) => Math.floor((APART * cell) / CELL)),
    );
    if (groups.length === holes.length) {
      return holes.map((hole, i) => ({ ...corner(mask, hole, chosen[i]), hole, ...chosen[i] }));
    }
    holes = groups.map(around);
  }
}

// The cell, at least this, and the side of the working copy that shows so many pixels.
function cellAndSide(shown, least, sides) {
  const cell = Math.max(CELL, Math.ceil(least));
  const side = sides.find((each) => CELL * shown <= cell * each);
  if (side) return { cell, side };
  return { cell: Math.ceil((CELL * shown) / sides.at(-1)), side: sides.at(-1) };
}

// Where a square around a hole begins, within the photo where it can be.
function corner({ width, height }, { top, left, bottom, right }, { cell, side }) {
  const length = Math.floor((side * cell) / CELL);
  const begin = (first, last, most) =>
    Math.max(0, Math.min(Math.floor((first + last - length) / 2), most - length));
  return { top: begin(top, bottom, height), left: begin(left, right, width) };
}
