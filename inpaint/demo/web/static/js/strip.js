// The photos that are open, as a strip; what is done to all of them: one hole for all, and filling.

import { ask } from "./ask.js";
import { element, make } from "./elements.js";
import { holeOf } from "./marks.js";
import { tell } from "./messages.js";
import { thumbnail } from "./thumbnail.js";
import { t } from "./words.js";

const SIDE = 64; // CSS pixels

export function showStrip(editor, filling) {
  const made = new WeakMap(); // canvases by state
  const strip = element("strip");

  function draw() {
    strip.hidden = editor.works.length < 2;
    if (strip.hidden) return;
    const idle = !editor.busy;
    const holes = editor.works.filter(holed);
    element("hole-all").disabled = !idle || !editor.hole;
    element("fill-all").disabled = !idle || !holes.length;
    element("zip").disabled = !idle || !editor.works.some(({ result }) => result);
    element("photos").replaceChildren(...editor.works.map(item));
  }

  function item(work) {
    const { photo, state } = work;
    const li = make("li");
    const button = make("button", { type: "button", title: photo.name });
    button.setAttribute("aria-label", t("Photo {name}", photo));
    button.setAttribute("aria-current", String(work === editor.work));
    button.addEventListener("click", () => editor.take(work));
    if (!made.has(state)) made.set(state, thumbnail(state, SIDE, editor.stage.colours));
    button.append(made.get(state));
    const close = make("button", { type: "button", textContent: "×", className: "close" });
    close.setAttribute("aria-label", t("Close {name}", photo));
    close.addEventListener("click", async () => {
      const question = t("The result of {name} was not downloaded. Close it?", photo);
      if (!work.unsaved || (await ask(question, t("Close")))) editor.close(work);
    });
    li.append(button, close);
    return li;
  }

  element("hole-all").addEventListener("click", () => {
    const { photo, state, works, work } = editor;
    const alike = works.filter(
      (each) => each.photo.width === photo.width && each.photo.height === photo.height,
    );
    for (const each of alike) if (each !== work) for (const mark of state.marks) each.mark(mark);
    const told = { count: alike.length - 1, others: works.length - alike.length };
    tell(t("The hole is on {count} more photos; {others} have another size.", told));
    editor.update();
  });

  element("fill-all").addEventListener("click", async () => {
    for (const work of editor.works.filter(holed)) {
      editor.take(work);
      await filling.fill();
      if (holed(work)) return; // stopped, or an error
    }
  });

  editor.addEventListener("update", draw);
}

const holed = ({ state }) => holeOf(state.marks, state.photo) !== null;
