// A line drawn loosely around or across a thing becomes a hole with the thing's edges, which the server finds.

import { holeOf, readMask } from "./marks.js";
import { t } from "./words.js";

const CLOSED = 0.25; // of its length: a line whose ends are closer than that goes around something

export function followSnaps(editor, filling) {
  editor.addEventListener("snap", ({ detail }) => filling.when(() => snap(detail)));

  function snap({ tool, width, points }) {
    const around = closed(points);
    const line = around
      ? { kind: "area", tool: "hole", points }
      : { kind: "stroke", tool: "hole", width, points };
    const part = holeOf([line], editor.photo);
    if (!part) return;
    const source = editor.state.fills.at(-1);
    const doing = t("Finding the edges…");
    return filling.work("snaps", doing, source, [], part, { around }, async ({ left, top, mask }, signal) => {
      const bytes = Uint8Array.from(atob(mask), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      if (!signal.aborted) editor.mark({ kind: "bitmap", tool, left, top, bitmap: readMask(image).bitmap });
    });
  }
}

function closed(points) {
  const between = ([x, y], [u, v]) => Math.hypot(x - u, y - v);
  const length = points.slice(1).reduce((sum, point, i) => sum + between(point, points[i]), 0);
  return points.length > 3 && between(points[0], points.at(-1)) < CLOSED * length;
}
