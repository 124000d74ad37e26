// Calls of the server. What it refuses becomes a `Refused` with its one line of text.

import { Refused, stopped } from "./calls.js";

const LOST = "the server does not answer: check that it is running and that you are online";

async function asked(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Refused(LOST, 0);
  }
  if (response.ok) return response;
  throw refusal(await response.json().catch(() => null), response.status);
}

const refusal = (told, status) => new Refused(told?.error ?? `the server answered with ${status}`, status);

const query = (values) =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined));

export const settings = async () => (await asked("settings")).json();

export const blob = async (url, signal) => (await asked(url, { signal })).blob();

export const fileURL = (id) => `photos/${id}/file`;

// A photo or fill as a bitmap, or a window of it.
export const view = async (id, signal, window = {}) =>
  createImageBitmap(await blob(`photos/${id}/view?${query(window)}`, signal));

export const lookURL = (id, name) => `looks/${id}/${name}`;

// Send a photo; `told(share)` hears how much was sent. A request of the old kind, as `fetch` tells nothing.
export function sendPhoto(file, name, signal, told) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `photos?${query({ name: name.slice(-200) })}`);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => told(total ? loaded / total : 1);
    request.onload = () => {
      if (request.status === 201) resolve(request.response);
      else reject(refusal(request.response, request.status));
    };
    request.onerror = () => reject(new Refused(LOST, 0));
    stopped(signal).catch(reject);
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

// A copy of a photo or fill with a border of { left, top, right, bottom } pixels; answers as `sendPhoto`.
export const extend = async (id, border, signal) =>
  (await asked(`photos/${id}/extensions?${query(border)}`, { method: "POST", signal })).json();

export async function sendSketch(id, part, signal) {
  await sendPart("PUT", `photos/${id}/sketch`, part, {}, signal);
}

// Send a part of a photo, as the marks module makes them.
async function sendPart(method, path, { left, top, canvas }, choices, signal) {
  const body = await canvas.convertToBlob({ type: "image/png" });
  return asked(`${path}?${query({ left, top, ...choices })}`, { method, body, signal });
}

// Fill or look inside: send the hole; `told(message)` hears "queued" and "running"; returns the last message.
export async function work(kind, id, hole, choices, signal, told) {
  const response = await sendPart("POST", `photos/${id}/${kind}`, hole, choices, signal);
  try {
    for await (const message of lines(response.body)) {
      if (message.state === "failed") throw new Refused(message.error, 500);
      if (message.state === "done") return message;
      told(message);
    }
  } catch (error) {
    throw error instanceof TypeError ? new Refused(LOST, 0) : error;
  }
  throw new Refused(LOST, 0);
}

async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}
