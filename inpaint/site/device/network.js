// The network, which LiteRT.js runs: threads where the page is isolated, else one.

import { loadAndCompile, loadLiteRt, supportsFeature, Tensor } from "@litertjs/core";

const FOLDER = new URL("litert/", self.location).href;

let network = null;
let loading = null;
let hear = () => {};

// Load the network, once; who asked last hears how much of it was received: `told("loading", bytes, of all)`.
export async function load(told) {
  if (network) return;
  hear = told;
  hear("loading", 0, 1);
  loading ??= loaded();
  try {
    network = await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

async function loaded() {
  const threads = self.crossOriginIsolated && (await supportsFeature("relaxedSimd"));
  // In a worker, LiteRT.js would look for its parts beside the worker.
  self.Module = {
    locateFile: (name) => FOLDER + name,
    mainScriptUrlOrBlob: `${FOLDER}litert_wasm_threaded_internal.js`,
  };
  await loadLiteRt(FOLDER, { threads });
  const response = await fetch(new URL("model.tflite", self.location));
  if (!response.ok) throw new Error(`the network cannot be loaded: ${response.status}`);
  return loadAndCompile(await received(response), { accelerator: "wasm" });
}

async function received(response) {
  const total = Number(response.headers.get("content-length"));
  const parts = [];
  let count = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(value);
    count += value.length;
    hear("loading", count, Math.max(count, total));
  }
}

// Fill a working copy, Float32Arrays of side x side x 3 and side x side: { filled, shifted, weights }, Float32Arrays.
export async function run(image, hole, side) {
  const inputs = { image: new Tensor(image, [1, side, side, 3]), mask: new Tensor(hole, [1, side, side, 1]) };
  const outputs = await network.signatures[`copy_${side}`].run(inputs).catch((error) => {
    throw Object.assign(new Error(error.message ?? String(error)), { side });
  });
  const found = {};
  for (const [name, tensor] of Object.entries(outputs)) found[name] = tensor.toTypedArray().slice();
  for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) tensor.delete();
  return found;
}
