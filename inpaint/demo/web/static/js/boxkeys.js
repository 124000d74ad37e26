// Placing a box, to be drawn or snapped, by keyboard: Enter begins and draws it, arrow keys move it, with Shift they
// change its size.

import { clamp, corners } from "./geometry.js";
import { tell } from "./messages.js";
import { t } from "./words.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 10; // screen pixels
const PAN = 60;

export function followArrows(editor) {
  const { stage } = editor;
  let box = null; // { left, top, width, height } in the photo

  function begin() {
    const [x, y] = stage.view.toPhoto(...stage.middle);
    const side = Math.round(100 / stage.view.scale);
    box = { left: Math.round(x - side / 2), top: Math.round(y - side / 2), width: side, height: side };
    show();
  }

  function show() {
    stage.outline = box && corners(box.left, box.top, box.left + box.width, box.top + box.height);
    stage.refresh("cursor");
    if (box) tell(t("Box at {left}, {top}, {width} x {height} pixels.", box));
  }

  function finish(draw) {
    const outline = stage.outline;
    box = null;
    show();
    tell(draw ? t("Box drawn.") : t("Box cancelled."));
    if (draw && editor.tool === "snap") editor.snap({ tool: "hole", points: [...outline, outline[0]] });
    else if (draw) editor.mark({ kind: "area", tool: "hole", points: outline });
  }

  function change([dx, dy], resize) {
    const step = Math.max(Math.round(STEP / stage.view.scale), 1);
    const keys = resize ? ["width", "height"] : ["left", "top"];
    box[keys[0]] += dx * step;
    box[keys[1]] += dy * step;
    const { photo } = editor;
    box.width = clamp(box.width, 1, photo.width);
    box.height = clamp(box.height, 1, photo.height);
    box.left = clamp(box.left, 0, photo.width - box.width);
    box.top = clamp(box.top, 0, photo.height - box.height);
    show();
  }

  editor.addEventListener("tool", () => box && finish(false));

  // Whether a key that was pressed on the stage was one of these.
  return function press(event) {
    const arrow = ARROWS[event.key];
    if (arrow && box) change(arrow, event.shiftKey);
    else if (arrow) stage.pan(-PAN * arrow[0], -PAN * arrow[1]);
    else if (event.key === "Enter" && ["box", "snap"].includes(editor.tool)) box ? finish(true) : begin();
    else if (event.key === "Escape" && box) finish(false);
    else return false;
    return true;
  };
}
