// What the page asks a server for, done on this device: the calls of the other `server.js`, answered by a worker.

import { Refused, stopped } from "./calls.js";
import { warn } from "./messages.js";
import { t } from "./words.js";

const LITTLE = 4; // GB of memory: devices with less, and phones that do not tell, have none for the larger copies

let worker = null;
let scale = null; // { holeWidth, sides }
let count = 0;
const asked = new Map(); // by number: { message, resolve, reject, told }

export async function settings() {
  await isolate();
  const said = await (await fetch("settings.json")).json();
  const little = (navigator.deviceMemory ?? (navigator.maxTouchPoints ? 0 : LITTLE)) < LITTLE;
  scale = little ? { ...said.scale, sides: said.scale.sides.slice(0, 1) } : said.scale;
  await ask("removeOld", [said.keep_minutes]);
  return said;
}

// Let the service worker keep the page. On most web spaces it also makes the page isolated, which threads need: then
// the first visit begins again.
async function isolate() {
  if (!navigator.serviceWorker) return; // the address is not https
  await navigator.serviceWorker.register("sw.js").catch((error) => console.warn(error)); // not kept: still usable
  if (crossOriginIsolated || sessionStorage.begun || !(await navigator.serviceWorker.getRegistration()))
    return;
  await navigator.serviceWorker.ready;
  sessionStorage.begun = true;
  location.reload();
  await new Promise(() => {});
}

export const fileURL = (id) => `photos/${id}/file`;

// A download of a photo, or a file of the page.
export async function blob(url) {
  const [, id] = url.match(/^photos\/(\d+)\/file$/) ?? [];
  if (id) return ask("write", [Number(id)]);
  const response = await fetch(url);
  if (!response.ok)
    throw new Refused(t("{url} cannot be loaded: you may be offline.", { url }), response.status);
  return response.blob();
}

export const view = (id, _, window) => ask("view", [id, window]);

export async function sendPhoto(file, name, signal) {
  const answer = await Promise.race([ask("open", [file, name]), stopped(signal)]);
  ask("load", []).catch(() => {}); // so that the first fill need not wait for it; it tells what is wrong
  return answer;
}

// A copy of a photo or fill with a border of { left, top, right, bottom } pixels; answers as `sendPhoto`.
export const extend = (id, border, signal) => Promise.race([ask("extend", [id, border]), stopped(signal)]);

// Fill a hole: `told(message)` hears how it goes; returns what the server's last message has.
export async function work(_, id, hole, { detail }, signal, told) {
  const { left, top, width, height, canvas } = hole;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => (data[4 * i] >= 128 ? 1 : 0));
  const part = { left, top, width, height, data: pixels };
  const choices = { ...scale, detail: detail === "residual" };
  const hear = (state, done, total) => told({ state, done, total });
  try {
    return await Promise.race([ask("fill", [id, part, choices], hear), stopped(signal)]);
  } catch (error) {
    if (!(error instanceof Refused)) end(); // stopped
    if (error.side !== scale.sides[1] || !error.side) throw error;
    end();
    scale = { ...scale, sides: scale.sides.slice(0, 1) };
    warn(
      t("This fill is coarser: the device has too little memory for more ({error}).", {
        error: error.message,
      }),
    );
    return work(_, id, hole, { detail }, signal, told);
  }
}

// Look inside and sketches need the server; without it the page does not offer them.
export const lookURL = () => "";
export const sendSketch = async () => {};

// Let the worker do something; `told` hears what it tells on the way.
function ask(call, values, told = () => {}) {
  count += 1;
  const message = [count, call, values];
  const answer = new Promise((resolve, reject) => asked.set(count, { message, resolve, reject, told }));
  if (worker) worker.postMessage(message);
  else begin();
  return answer;
}

function begin() {
  worker = new Worker("worker.js");
  worker.onmessage = ({ data: [number, { told, error, side, result }] }) => {
    const { resolve, reject, ...call } = asked.get(number);
    if (told) return call.told(...told);
    asked.delete(number);
    if (error) reject(Object.assign(new Refused(error, 500), { side }));
    else resolve(result);
  };
  worker.onerror = ({ message }) => {
    const calls = [...asked.values()];
    asked.clear();
    end();
    for (const { reject } of calls) reject(new Refused(message ?? t("The page cannot be loaded."), 500));
  };
  for (const { message } of asked.values()) worker.postMessage(message);
}

// End the worker, as nothing else stops a network that runs; what else it was asked for, the next one does.
function end() {
  worker?.terminate();
  worker = null;
  for (const [number, { message }] of asked) if (message[1] === "fill") asked.delete(number);
  if (asked.size) begin();
}
