// Comparing: a line on the photo with the photo as it was on its left; and a button or key that shows all of it so
// while it is held.

import { element } from "./elements.js";
import { clamp } from "./geometry.js";
import { pressing } from "./keyboard.js";
import { t } from "./words.js";

const STEPS = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
const REACH = 22; // half of the handle, which stays on the stage

// Returns a function that shows the photo as it was, or no longer.
export function followComparison(editor) {
  const { stage } = editor;
  const handle = element("wipe");

  const set = (share) => stage.compare(clamp(share, 0, 1));

  function place() {
    const { view, size, photo } = stage;
    handle.hidden = !editor.state.fills.length || !photo?.bitmap || Boolean(stage.border);
    if (handle.hidden) return;
    const edges = (start, length, room) => [Math.max(start, 0), Math.min(start + length, room)];
    const [top, bottom] = edges(view.top, view.scale * photo.height, size.height);
    const x = view.left + stage.wipe * view.scale * photo.width;
    handle.style.left = `${clamp(x, REACH, size.width - size.beside - REACH)}px`;
    handle.style.top = `${top}px`;
    handle.style.height = `${Math.max(bottom - top, 2 * REACH)}px`;
    handle.classList.toggle("open", stage.wipe > 0);
    const percent = Math.round(100 * stage.wipe);
    handle.setAttribute("aria-valuenow", percent);
    handle.setAttribute("aria-valuetext", t("{percent}% before", { percent }));
  }

  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const x = event.clientX - stage.element.getBoundingClientRect().left;
    set((x - stage.view.left) / (stage.view.scale * stage.photo.width));
  });
  handle.addEventListener("keydown", (event) => {
    if (!STEPS[event.key]) return;
    set(stage.wipe + STEPS[event.key]);
    event.preventDefault();
    event.stopPropagation();
  });
  stage.addEventListener("drawn", place);
  editor.addEventListener("update", place);

  const hold = (before) => {
    if (stage.before === (before && editor.state.fills.length > 0)) return;
    stage.before = before;
    element("compare").setAttribute("aria-pressed", String(before));
    stage.refresh("photo", "hole", "sketch");
  };
  const button = element("compare");
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    hold(true);
  });
  for (const kind of ["pointerup", "pointercancel", "blur"]) button.addEventListener(kind, () => hold(false));
  button.addEventListener("keydown", ({ key }) => pressing(key) && hold(true));
  button.addEventListener("keyup", ({ key }) => pressing(key) && hold(false));
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  return hold;
}
