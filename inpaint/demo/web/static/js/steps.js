// The history as thumbnails in a menu: pressing one goes back, or forth, to that state.

import { element, make } from "./elements.js";
import { thumbnail } from "./thumbnail.js";
import { t } from "./words.js";

const SIDE = 88; // CSS pixels

export function showSteps(editor) {
  const menu = element("history-menu");
  const list = element("history-list");
  const made = new WeakMap(); // canvases by state

  function draw() {
    const { states, index: current } = editor.work;
    element("history").disabled = states.length < 2;
    if (!menu.matches(":popover-open")) return;
    const buttons = states.map((state, index) => {
      if (!made.has(state)) made.set(state, thumbnail(state, SIDE, editor.stage.colours));
      const button = make("button", { type: "button", disabled: editor.busy });
      button.setAttribute("aria-label", name(states, index));
      button.setAttribute("aria-current", String(index === current));
      button.addEventListener("click", () => editor.go(index));
      button.append(made.get(state));
      return button;
    });
    list.replaceChildren(...buttons);
    list.children[current].scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  menu.addEventListener("toggle", draw);
  editor.addEventListener("update", draw);
}

function name(states, index) {
  if (!index) return t("The photo");
  const [before, after] = [states[index - 1], states[index]];
  if (after.photo !== before.photo) return t("Step {index}: extended", { index });
  const filled = after.fills.length > before.fills.length;
  return t(filled ? "Step {index}: filled" : "Step {index}: drawn", { index });
}
