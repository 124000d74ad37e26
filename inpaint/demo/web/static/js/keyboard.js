// Keys of the page. Each presses the button that names it, so that what is disabled stays undone.

import { followArrows } from "./boxkeys.js";

const ALIKE = { Backspace: "Delete", "=": "+", "Control+Y": "Control+Shift+Z" };

// Keys that press what has the focus.
export const pressing = (key) => key === "Enter" || key === " ";

export function followKeyboard(editor, pointers, compare, edges) {
  const { stage } = editor;
  const press = followArrows(editor);

  const typing = (target) => target.closest?.("input:not([type=range]), select, textarea, dialog");
  const presses = (target, key) => target.closest?.("button, a, summary, label") && pressing(key);

  function down(event) {
    if (typing(event.target) || presses(event.target, event.key) || event.altKey) return false;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const control = event.ctrlKey || event.metaKey;
    if (!control) {
      document.body.classList.add("keys"); // from now on, what has the focus is shown
      if (event.target === stage.element && (edges.press(event) || press(event))) return true;
      if (key === "Escape") pointers.cancel();
      if (key === " ") pointers.hold(true);
      else if (key === "C") compare(true);
      else if (key === "[") editor.resize(1 / 1.2);
      else if (key === "]") editor.resize(1.2);
      else return pressed(key);
      return true;
    }
    return !String(getSelection()) && pressed(`Control+${event.shiftKey ? "Shift+" : ""}${key}`);
  }

  // Whether there is a button with a key, which is pressed.
  function pressed(key) {
    const button = document.querySelector(
      `[aria-keyshortcuts~="${CSS.escape(ALIKE[key] ?? key)}"]:not([hidden])`,
    );
    button?.click();
    return Boolean(button);
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
