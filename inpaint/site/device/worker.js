// The worker: answers messages [number, call, arguments] by [number, { result }], [number, { error }], or, on the way,
// [number, { told }]. An error that a smaller working copy may not have tells its `side`.

import { load } from "./network.js";
import { extend, fill, open, view, write } from "./photos.js";
import { removeOld } from "./store.js";

const calls = { open, extend, fill, view, write, load, removeOld };

self.onmessage = async ({ data: [number, call, values] }) => {
  const told = (...said) => self.postMessage([number, { told: said }]);
  try {
    self.postMessage([number, { result: await calls[call](...values, told) }]);
  } catch (error) {
    self.postMessage([number, { error: error.message ?? String(error), side: error.side }]);
  }
};
