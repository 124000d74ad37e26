// Calls of the server. What it refuses becomes a `Refused` with its one line of text.

export class Refused extends Error {
  constructor(text, status) {
    super(text);
    this.status = status;
  }
}

const LOST = "the server does not answer: is it still running, and are you online?";

async function asked(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Refused(LOST, 0);
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Refused(told.error ?? `the server answered with ${response.status}`, response.status);
}

const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined));

export const settings = async () => (await asked("settings")).json();

export const blob = async (url, signal) => (await asked(url, { signal })).blob();

export const fileURL = (id) => `photos/${id}/file`;

export const viewURL = (id, window = {}) => `photos/${id}/view?${query(window)}`;

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
      else reject(new Refused(request.response?.error ?? `the server answered with ${request.status}`, request.status));
    };
    request.onerror = () => reject(new Refused(LOST, 0));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

export async function sendSketch(id, part, signal) {
  const { left, top, canvas } = part;
  const body = await canvas.convertToBlob({ type: "image/png" });
  await asked(`photos/${id}/sketch?${query({ left, top })}`, { method: "PUT", body, signal });
}

// Fill or look inside: send the hole; `told(message)` hears "queued" and "running"; returns the last message.
export async function work(kind, id, hole, choices, signal, told) {
  const { left, top, canvas } = hole;
  const body = await canvas.convertToBlob({ type: "image/png" });
  const url = `photos/${id}/${kind}?${query({ left, top, ...choices })}`;
  const response = await asked(url, { method: "POST", body, signal });
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
