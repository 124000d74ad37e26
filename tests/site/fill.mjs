// Fills as the page does on a device, with a network that fills holes with noise: see test_device.py.

import { readFileSync, writeFileSync } from "node:fs";

const [, , modules, folder] = process.argv;
const { fill } = await import(`${modules}/fill.js`);
const { regions } = await import(`${modules}/scale.js`);

const read = (name, Kind) => new Kind(Uint8Array.from(readFileSync(`${folder}/${name}`)).buffer);
const { width, height, runs, ...choices } = JSON.parse(readFileSync(`${folder}/case.json`));
const pixels = { width, height, data: read("pixels", Uint8ClampedArray) };
const mask = { width, height, data: read("mask", Uint8Array) };
const inputs = [];

async function run(image, hole, side) {
  inputs.push(image, hole);
  if (image.length !== 3 * side * side) throw new Error(`an image of ${image.length} for side ${side}`);
  const noise = read(`noise_${side}`, Float32Array);
  const filled = noise.map((value, i) => (hole[Math.floor(i / 3)] ? value : image[i]));
  const shifted = noise.map((value, i) => (hole[Math.floor(i / 3)] ? 100 - value : image[i]));
  return { filled, shifted, weights: read(`weights_${side}`, Float32Array) };
}

const filled = await fill(pixels, mask, choices, run, () => {});
if (inputs.length !== 2 * runs) throw new Error(`${inputs.length / 2} regions, not ${runs}`);
writeFileSync(`${folder}/result`, filled.data);
for (const [index, each] of inputs.entries()) writeFileSync(`${folder}/input_${index}`, new Uint8Array(each.buffer));
console.log(JSON.stringify(regions(mask, choices.holeWidth, choices.sides)));
