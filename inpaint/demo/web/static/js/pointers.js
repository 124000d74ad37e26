// Drawing, moving and zooming with mouse, pen and fingers.

import { corners } from "./geometry.js";

const TAP = 4; // screen pixels: an area that is smaller was a tap
const SNAP = 6; // screen pixels of the line that edges are searched around

export function followPointers(editor, edges) {
  const { stage } = editor;
  const surface = stage.element;
  const fingers = new Map(); // pointers that are down: [x, y]
  let moving = false; // the photo is dragged
  let space = false;

  const place = (event) => {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const finer = (event) => (event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]);

  function showCursor(x, y) {
    const round = ["brush", "eraser", "sketch"].includes(editor.tool);
    stage.cursor = { x, y, radius: round ? width() / 2 : 0 };
    stage.refresh("cursor");
  }

  // On the screen. Lines are thinner than holes, and not thinner than what the network sees.
  const width = () =>
    editor.tool === "sketch" ? Math.max(editor.brush / 6, 2 * stage.view.scale) : editor.brush;

  function begin(point, away) {
    if (!editor.photo?.bitmap) return;
    if (stage.wipe) stage.compare(0); // one draws on the result
    const [x, y] = stage.view.toPhoto(...point);
    const tool = away ? "eraser" : ({ eraser: "eraser", sketch: "sketch" }[editor.tool] ?? "hole");
    if (editor.tool === "extend") {
      edges.begin([x, y]);
      stage.draft = { pulls: true };
    } else if (editor.tool === "snap") {
      stage.draft = { kind: "stroke", tool, width: SNAP / stage.view.scale, points: [[x, y]], snaps: true };
    } else if (editor.tool === "box" || editor.tool === "lasso") {
      stage.draft = { kind: "area", tool, points: [[x, y]], shape: editor.tool, start: point };
    } else {
      stage.draft = { kind: "stroke", tool, width: width() / stage.view.scale, points: [[x, y]] };
    }
    stage.refresh("hole", "sketch");
  }

  function extend(points) {
    const { draft } = stage;
    if (draft.pulls) return edges.pull(stage.view.toPhoto(...points.at(-1)));
    const from = draft.points.length;
    for (const point of points) {
      const [x, y] = stage.view.toPhoto(...point);
      if (draft.shape !== "box") draft.points.push([x, y]);
      else draft.points = corners(...draft.points[0], x, y);
    }
    stage.extend(from);
  }

  function end(point) {
    const { start, shape, snaps, pulls, ...mark } = stage.draft;
    cancel();
    if (pulls) return edges.end();
    if (snaps) return editor.snap(mark);
    if (shape && Math.hypot(point[0] - start[0], point[1] - start[1]) < TAP && mark.points.length < 8) return;
    editor.mark(mark);
  }

  function cancel() {
    stage.draft = null;
    stage.refresh("hole", "sketch");
  }

  surface.addEventListener("pointerdown", (event) => {
    const point = place(event);
    surface.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, point);
    surface.classList.remove("moving");
    moving = fingers.size > 1 || space || event.button === 1;
    if (moving) {
      cancel(); // what the first finger began is no stroke
      surface.classList.add("moving");
    } else if (event.button === 0) {
      begin(point, event.altKey);
    }
    showCursor(...point);
  });

  surface.addEventListener("pointermove", (event) => {
    const point = place(event);
    showCursor(...point);
    const last = fingers.get(event.pointerId);
    if (!last) return;
    if (moving) {
      const before = spread(fingers);
      fingers.set(event.pointerId, point);
      const after = spread(fingers);
      stage.pan(after.x - before.x, after.y - before.y);
      if (fingers.size > 1) stage.zoom(after.apart / before.apart, [after.x, after.y]);
    } else if (stage.draft) {
      fingers.set(event.pointerId, point);
      extend(finer(event).map(place));
    }
  });

  function release(event, finish) {
    if (!fingers.delete(event.pointerId)) return;
    if (!moving && stage.draft) finish(place(event));
    if (!fingers.size) surface.classList.remove("moving");
    if (event.pointerType === "touch") leave(); // a finger has no cursor when it is up
  }
  surface.addEventListener("pointerup", (event) => release(event, end));
  surface.addEventListener("pointercancel", (event) => release(event, cancel));

  function leave() {
    stage.cursor = null;
    stage.refresh("cursor");
  }
  surface.addEventListener("pointerleave", leave);

  surface.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
      const speed = event.ctrlKey ? 0.01 : 0.0016; // a pinch on a touchpad comes with Ctrl
      stage.zoom(Math.exp(-speed * lines * event.deltaY), place(event));
    },
    { passive: false },
  );
  surface.addEventListener("contextmenu", (event) => event.preventDefault());

  return {
    // The space bar is held or not.
    hold(down) {
      space = down;
      surface.classList.toggle("moving", down);
    },
    // Give up the mark that is being drawn.
    cancel,
  };
}

// Middle of the fingers and how far they are apart.
function spread(fingers) {
  const points = [...fingers.values()];
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const apart =
    points.reduce((sum, point) => sum + Math.hypot(point[0] - x, point[1] - y), 0) / points.length;
  return { x, y, apart: Math.max(apart, 1) };
}
