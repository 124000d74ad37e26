// What the page tells: a quiet line, an alert that stays until it is closed, and the progress of a fill.

import { element } from "./elements.js";

// Screen readers read it when it changes. It fades from sight unless something runs.
export function tell(text) {
  if (element("status").textContent !== text) element("status").textContent = text;
  const toast = element("state");
  toast.classList.remove("fading");
  toast.hidden = !text;
  requestAnimationFrame(() => toast.classList.add("fading"));
}

export function warn(text) {
  element("alert").firstElementChild.textContent = text;
  element("alert").hidden = false;
}

// Warn of an error, whose line becomes a sentence.
export function report({ message }) {
  warn(`${message[0].toUpperCase()}${message.slice(1)}${/[.?!]$/.test(message) ? "" : "."}`);
}

export function calm() {
  element("alert").hidden = true;
}

// Show a share from 0 to 1, and what is done in words; null while it is not known, undefined for none.
export function showProgress(share, parts = "") {
  const bar = element("progress");
  bar.hidden = element("parts").hidden = share === undefined;
  element("parts").textContent = parts;
  if (share === null) bar.removeAttribute("value");
  else if (share !== undefined) bar.value = share;
}

element("alert").querySelector("button").addEventListener("click", calm);
