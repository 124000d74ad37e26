// Keys of the page. Each presses a button, so that what is disabled stays undone.

import { followArrows } from "./boxkeys.js";
import { element } from "./elements.js";

const BUTTONS = {
  o: "open",
  m: "mask",
  d: "download",
  i: "tab-inside",
  g: "grow",
  h: "shrink",
  v: "invert",
  "?": "help",
  0: "fit",
  Delete: "clear",
  Backspace: "clear",
  Enter: "fill",
  Escape: "stop",
};
const TOOLS = { b: "brush", e: "eraser", r: "box", l: "lasso", a: "snap", s: "sketch" };
const CONTROL = { z: "undo", y: "redo", s: "download", c: "copy" };

// Keys that press what has the focus.
export const pressing = (key) => key === "Enter" || key === " ";

export function followKeyboard(editor, pointers, compare) {
  const { stage } = editor;
  const press = followArrows(editor);
  const button = (id) => element(id).click();

  const typing = (target) => target.closest?.("input:not([type=range]), select, textarea, dialog");
  const presses = (target, key) => target.closest?.("button, a, summary, label") && pressing(key);

  function down(event) {
    if (typing(event.target) || presses(event.target, event.key) || event.altKey) return false;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "z" && event.shiftKey) button("redo");
      else if (CONTROL[key] && !String(getSelection())) button(CONTROL[key]);
      else return false;
      return true;
    }
    document.body.classList.add("keys"); // from now on, what has the focus is shown
    if (event.target === stage.element && press(event)) return true;
    if (key === "Escape") pointers.cancel();
    if (key === " ") pointers.hold(true);
    else if (key === "c") compare(true);
    else if (key === "[") editor.resize(1 / 1.2);
    else if (key === "]") editor.resize(1.2);
    else if (key === "+" || key === "=") stage.zoom(1.25);
    else if (key === "-") stage.zoom(1 / 1.25);
    else if (TOOLS[key]) document.querySelector(`[data-tool=${TOOLS[key]}]:not([hidden])`)?.click();
    else if (BUTTONS[key]) button(BUTTONS[key]);
    else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (down(event)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") pointers.hold(false);
    if (event.key.toLowerCase() === "c") compare(false);
  });
  window.addEventListener("blur", () => {
    pointers.hold(false);
    compare(false);
  });
}
