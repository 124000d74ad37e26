// Photos and masks come in: chosen, dropped, pasted, or from the examples.

import { element } from "./elements.js";
import { readMask } from "./marks.js";
import { calm, report, showProgress, tell, warn } from "./messages.js";
import { decoded, Photo } from "./photo.js";
import { blob, sendPhoto, view } from "./server.js";

const size = ({ width, height }) => `${width} x ${height}`;

export class Intake {
  constructor(editor, filling, limits) {
    this.editor = editor;
    this.filling = filling;
    this.limits = limits;
    this.sending = null; // AbortController of the upload
    this.#choose("photo-file", ["open", "choose"], (file) => this.photo(file));
    this.#choose("mask-file", ["mask"], (file) => this.mask(file));
    document.addEventListener("paste", (event) => {
      const file = firstFile(event.clipboardData);
      if (file) this.photo(file);
    });
    this.#drops();
  }

  // Open a photo: the canvas shows it at once, while it is sent to the server. Returns whether it was opened.
  async photo(file, name = file.name || "photo.png") {
    const { max_bytes, max_pixels } = this.limits;
    if (file.size > max_bytes) {
      warn(`${name} is ${(file.size / 1e6).toFixed(1)} MB, and this page takes up to ${max_bytes / 1e6} MB.`);
      return false;
    }
    const turn = {};
    this.turn = turn;
    const bitmap = await decoded(file);
    if (turn !== this.turn) return false; // another one came in meanwhile
    if (bitmap && bitmap.width * bitmap.height > max_pixels) {
      const most = (max_pixels / 1e6).toPrecision(3);
      warn(
        `${name} is ${size(bitmap)}, and this page takes up to ${most} million pixels: make it smaller first.`,
      );
      return false;
    }
    this.filling.abandon();
    this.sending?.abort();
    calm();
    const photo = new Photo(file, name, bitmap);
    if (bitmap) this.#open(photo);
    else tell("Reading the photo…");
    const sent = this.#send(photo);
    photo.ready = () => photo.sending ?? this.#send(photo); // again after an error
    if (bitmap) {
      sent.catch(() => {}); // told already
      return true;
    }
    return sent.then(
      () => true,
      () => false,
    );
  }

  // Add a mask's hole to what is drawn.
  async mask(file) {
    const { editor } = this;
    const { photo } = editor;
    if (editor.busy || !photo?.bitmap) return;
    calm();
    const mask = await readMask(file).catch(() => null);
    if (photo !== editor.photo) return;
    if (!mask) warn("This browser cannot read the mask: try a PNG file.");
    else if (size(mask.bitmap) !== size(photo)) {
      warn(`The mask is ${size(mask.bitmap)}, the photo ${size(photo)}: they must have the same size.`);
    } else if (!mask.any) warn("The mask has no hole: it must be white, the rest black.");
    else editor.mark({ kind: "bitmap", tool: "hole", bitmap: mask.bitmap });
  }

  // Open an example with its mask.
  async example(name, fileName) {
    try {
      const [photo, mask] = await Promise.all(
        ["photo", "mask"].map((part) => blob(`examples/${name}/${part}`)),
      );
      if (await this.photo(photo, fileName)) await this.mask(mask);
    } catch (error) {
      report(error);
    }
  }

  #open(photo) {
    this.editor.open(photo);
    element("stage").setAttribute("aria-label", `Photo ${photo.name}, ${size(photo)} pixels`);
    tell(`${photo.name}, ${size(photo)} pixels. Draw over what to remove.`);
    element("stage").focus({ preventScroll: true });
  }

  #send(photo) {
    const sending = new AbortController();
    this.sending = sending;
    const told = (share) => {
      if (this.editor.busy) showProgress(share);
    };
    photo.sending = this.#sendNow(photo, sending.signal, told).finally(() => {
      photo.sending = null;
    });
    return photo.sending;
  }

  async #sendNow(photo, signal, told) {
    try {
      const answer = await sendPhoto(photo.file, photo.name, signal, told);
      const { id, width, height, transparent, shown, download } = answer;
      Object.assign(photo, { transparent, download });
      const differs = !photo.bitmap || photo.width !== width || photo.height !== height;
      if (!shown || differs) {
        const bitmap = await view(id, signal);
        if (signal.aborted) return;
        photo.show(bitmap); // as the server sees it
        if (differs) this.#open(photo);
        else this.editor.update();
      }
      photo.id = id;
    } catch (error) {
      if (!signal.aborted) {
        report(error);
        if (!photo.bitmap) tell("");
      }
      throw error;
    }
  }

  #choose(input, buttons, take) {
    for (const button of buttons) element(button).addEventListener("click", () => element(input).click());
    element(input).addEventListener("change", () => {
      const [file] = element(input).files;
      element(input).value = ""; // so that the same file may be chosen again
      if (file) take(file);
    });
  }

  #drops() {
    const targets = element("drop");
    const over = (target) => {
      for (const each of targets.children) each.classList.toggle("over", each === target);
    };
    const hide = () => {
      targets.hidden = true;
    };
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      targets.hidden = false;
      targets.lastElementChild.hidden = element("mask").disabled;
      over(event.target.closest("[data-drop]"));
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) hide(); // left the window
    });
    document.addEventListener("drop", (event) => {
      hide();
      const file = firstFile(event.dataTransfer);
      if (!file) return;
      event.preventDefault(); // or the browser leaves the page for the file
      if (event.target.closest("[data-drop=mask]")) this.mask(file);
      else this.photo(file);
    });
  }
}

const firstFile = (transfer) => transfer?.files[0];
