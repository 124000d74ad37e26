// Filling: from the press of the button to the result on the canvas, with progress, a way to stop, and errors that
// leave everything as it was.

import { stopped } from "./calls.js";
import { element } from "./elements.js";
import { sketchOf } from "./marks.js";
import { calm, report, showProgress, tell } from "./messages.js";
import { sendSketch, view, work } from "./server.js";
import { t } from "./words.js";

export class Filling {
  constructor(editor) {
    this.editor = editor;
    this.stopping = null; // AbortController of what is running
    this.waiting = []; // functions that are called one by one when nothing runs
    element("fill").addEventListener("click", () => this.fill());
    element("stop").addEventListener("click", () => this.stop());
    editor.addEventListener("leave", () => this.abandon());
    editor.addEventListener("marked", () => {
      if (!element("on-release").checked) return;
      this.when(() => this.fill());
      if (editor.busy) tell(t("Filled next."));
    });
  }

  stop() {
    this.waiting = [];
    this.stopping?.abort();
  }

  // Stop what is running, without a word: another photo takes its place.
  abandon() {
    this.stop();
    this.#end();
  }

  // Call a function as soon as nothing runs.
  when(action) {
    if (this.editor.busy) this.waiting.push(action);
    else return action();
  }

  fill() {
    const { editor } = this;
    const { hole } = editor;
    if (!hole) return;
    const { marks, fills } = editor.state;
    const choices = { size: element("size").value, detail: element("detail").checked ? "residual" : "none" };
    return this.work("fills", t("Filling…"), fills.at(-1), marks, hole, choices, async (message, signal) => {
      const { id, left, top, width, height, pixels, seconds } = message;
      const window = { left, top, width, height };
      const bitmap = await view(id, signal, window);
      if (signal.aborted) return;
      editor.step("fill", { id, ...window, bitmap }, marks);
      const share = ((100 * pixels) / editor.photo.width / editor.photo.height).toPrecision(2);
      const told = { pixels: pixels.toLocaleString("en"), share, seconds: seconds.toFixed(1) };
      tell(t("Filled {pixels} pixels ({share}%) in {seconds} seconds.", told));
    });
  }

  // Let the server work on a hole.
  //   kind: "fills", "looks" or "snaps"; doing: what the page calls it
  //   source: the fill whose result the hole is in, or undefined for the photo itself
  //   marks, hole, choices: what is sent
  //   finish(message, signal): called with the last message
  work(kind, doing, source, marks, hole, choices, finish) {
    return this.run(doing, async (signal) => {
      const { editor } = this;
      const id = source?.id ?? editor.photo.id;
      const network = element("network").value || 0;
      if (editor.guided) await sendSketch(id, sketchOf(marks, hole), signal);
      const told = (message) => this.#tell(doing, message);
      await finish(await work(kind, id, hole, { network, ...choices }, signal, told), signal);
    });
  }

  // Call `act(signal)` when the server has the photo; one thing at a time.
  async run(doing, act) {
    const { editor } = this;
    if (editor.busy) return;
    const { photo } = editor;
    const stopping = new AbortController();
    this.stopping = stopping;
    const { signal } = stopping;
    editor.busy = true;
    editor.update();
    calm();
    tell(doing);
    showProgress(null);
    try {
      if (!photo.id) {
        tell(t("Waiting for the upload…"));
        await Promise.race([photo.ready(), stopped(signal)]);
      }
      await act(signal);
    } catch (error) {
      this.waiting = [];
      if (photo === editor.photo) tell(signal.aborted ? t("Stopped.") : "");
      if (!signal.aborted) report(error);
      if (!signal.aborted && error.status === undefined) throw error;
    } finally {
      if (this.stopping === stopping) this.#end();
    }
  }

  #end() {
    this.stopping = null;
    this.editor.busy = false;
    showProgress(undefined);
    this.editor.update();
    this.waiting.shift()?.();
  }

  #tell(doing, message) {
    if (message.state === "loading") {
      tell(t("Loading the network…"));
      showProgress(message.done / message.total || null);
    } else if (message.state === "queued") {
      tell(t("Waiting: {ahead} ahead of you.", message));
      showProgress(null);
    } else {
      const { done, total } = message;
      tell(doing);
      if (done) showProgress(done / total, t("{done} of {total} parts", { done, total }));
    }
  }
}
