// Filling on this device: what an `Inpainter` with fill_size="auto" does, in JavaScript.

import { WorkingCopy } from "./copies.js";
import { regions } from "./scale.js";

// Fill a photo's hole.
//   pixels: { width, height, data } with four bytes each, which are not changed
//   mask: { width, height, data }, not 0 in the hole
//   choices: { detail: whether residuals are laid in, holeWidth, sides: as for `regions` }
//   run(image, hole, side): promise of the network's { filled, shifted, weights }, see `export.fixed_size.copy_function`
//   told(done, total): hears how many parts are done
// Returns the pixels of the photo with the filled hole.
export async function fill(pixels, mask, { detail, holeWidth, sides }, run, told) {
  const { width, height, data } = pixels;
  const target = { width, height, data: data.slice() };
  const parts = regions(mask, holeWidth, sides);
  for (const [index, region] of parts.entries()) {
    told(index, parts.length);
    const copy = new WorkingCopy(pixels, mask, region);
    const { filled, shifted, weights } = await run(copy.image(), copy.hole, region.side);
    if (detail) copy.paste(shifted, weights, target);
    else copy.paste(filled, null, target);
  }
  return target;
}
