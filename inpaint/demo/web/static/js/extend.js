// Extending a photo: a pointer pulls the edge that is nearest outward, or arrow keys do; the new border is hole.

import { clamp, corners } from "./geometry.js";
import { moved } from "./marks.js";
import { tell } from "./messages.js";
import { Photo } from "./photo.js";
import { extend, view } from "./server.js";
import { t } from "./words.js";

const NONE = { left: 0, top: 0, right: 0, bottom: 0 };
const ARROWS = { ArrowLeft: "left", ArrowUp: "top", ArrowRight: "right", ArrowDown: "bottom" };
const STEP = 16; // pixels of the photo

// How far a place in a photo is beyond each of its edges.
const beyond = ([x, y], { width, height }) => ({ left: -x, top: -y, right: x - width, bottom: y - height });

// Returns what pointers and keys call: { begin(place), pull(place), end(), press(event) }; places are in the photo.
export function followEdges(editor, filling) {
  const { stage } = editor;
  let side = null;
  let start = 0;

  function show(border) {
    stage.border = border;
    stage.refresh("cursor");
  }

  function change(name, pixels) {
    const most = Math.round(Math.max(editor.photo.width, editor.photo.height) / 2);
    show({ ...stage.border, [name]: clamp(Math.round(pixels), 0, most) });
    tell(t("Border: {left} left, {top} top, {right} right, {bottom} bottom.", stage.border));
  }

  function end() {
    const { border } = stage;
    show(NONE);
    if (!Object.values(border).some(Boolean)) return false;
    filling.when(() => filling.run(t("Extending…"), (signal) => widen(border, signal)));
    return true;
  }

  async function widen(border, signal) {
    const { photo } = editor;
    const { result } = editor.work;
    const { id, download, transparent } = await extend(result ?? photo.id, border, signal);
    const wider = new Photo(null, photo.name, await view(id, signal));
    Object.assign(wider, { id, download, transparent, viewed: true, extends: result ?? photo.extends });
    if (signal.aborted) return;
    editor.step("extend", wider, [
      ...moved(editor.state.marks, border.left, border.top),
      ...areas(wider, border),
    ]);
    tell(t("The border is hole: fill it."));
  }

  editor.addEventListener("tool", () => {
    const was = stage.border;
    show(editor.tool === "extend" ? NONE : null);
    if (!was !== !stage.border) stage.fit(); // with room to pull, or without
    if (!stage.border) return;
    stage.element.focus({ preventScroll: true });
    tell(t("Pull an edge outward, or press arrow keys and Enter."));
  });

  return {
    begin(place) {
      const far = beyond(place, editor.photo);
      side = Object.keys(far).reduce((best, name) => (far[name] > far[best] ? name : best));
      start = far[side];
    },
    pull: (place) => change(side, beyond(place, editor.photo)[side] - start),
    end,
    // Whether a key that was pressed on the stage was one of these.
    press({ key, shiftKey }) {
      if (!stage.border) return false;
      const name = ARROWS[key];
      if (name) change(name, stage.border[name] + (shiftKey ? -STEP : STEP));
      else if (key === "Escape") show(NONE);
      else return key === "Enter" && end();
      return true;
    },
  };
}

// The sides of a border as marks.
function areas({ width, height }, { left, top, right, bottom }) {
  const sides = [
    [0, 0, left, height],
    [0, 0, width, top],
    [width - right, 0, width, height],
    [0, height - bottom, width, height],
  ];
  const wide = sides.filter(([x, y, u, v]) => x < u && y < v);
  return wide.map((side) => ({ kind: "area", tool: "hole", points: corners(...side) }));
}
