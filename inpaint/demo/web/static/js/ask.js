// A question that is answered by pressing a button.

import { element } from "./elements.js";

// Whether "yes" was pressed, whose button says `yes`.
export function ask(question, yes) {
  const dialog = element("ask-dialog");
  element("ask-question").textContent = question;
  element("ask-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
