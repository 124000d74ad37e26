// Photos and masks come in: chosen, dropped, pasted, or from the examples.

import { ask } from "./ask.js";
import { element } from "./elements.js";
import { readMask } from "./marks.js";
import { calm, report, showProgress, tell, warn } from "./messages.js";
import { decoded, Photo } from "./photo.js";
import { blob, sendPhoto, view } from "./server.js";
import { t } from "./words.js";

const size = ({ width, height }) => `${width} x ${height}`;
const IMAGE = /^image\/|\.tiff?$/i;

export class Intake {
  constructor(editor, limits) {
    this.editor = editor;
    this.limits = limits;
    this.sending = null; // AbortController of the upload
    this.#choose("photo-file", ["open", "choose"], (files) => this.photos(files));
    this.#choose("mask-file", ["mask"], ([file]) => this.mask(file));
    editor.addEventListener("taken", () => this.#taken());
    document.addEventListener("paste", ({ clipboardData }) => this.photos([...clipboardData.files]));
    this.#drops();
  }

  // Open photos beside each other, and work on the first.
  async photos(files) {
    const before = this.editor.works.length;
    for (const file of files) await this.photo(file);
    if (files.length > 1 && this.editor.works[before]) this.editor.take(this.editor.works[before]);
  }

  // Open a photo: the canvas shows it at once, while it is sent to the server. Returns whether it was opened.
  async photo(file, name = file.name || "photo.png") {
    const { max_bytes, max_pixels } = this.limits;
    if (file.size > max_bytes) {
      const told = { name, size: (file.size / 1e6).toFixed(1), most: max_bytes / 1e6 };
      warn(t("{name} is {size} MB, and this page takes up to {most} MB.", told));
      return false;
    }
    const bitmap = await decoded(file);
    if (bitmap && bitmap.width * bitmap.height > max_pixels) {
      const told = { name, size: size(bitmap), most: (max_pixels / 1e6).toPrecision(3) };
      warn(
        t("{name} is {size}, and this page takes up to {most} million pixels: make it smaller first.", told),
      );
      return false;
    }
    calm();
    const photo = new Photo(file, name, bitmap);
    this.adopt(photo);
    if (bitmap) {
      this.editor.open(photo); // which sends it
      return true;
    }
    tell(t("Reading the photo…"));
    return photo.ready().then(
      () => true,
      () => false,
    );
  }

  // Let a photo know how it is sent: once, or again after an error.
  adopt(photo) {
    photo.ready = () => photo.sending ?? this.#send(photo);
  }

  // Add a mask's hole to what is drawn.
  async mask(file) {
    const { editor } = this;
    const { photo } = editor;
    if (editor.busy || !photo?.bitmap) return;
    calm();
    const image = await decoded(file);
    if (!image) return warn(t("This browser cannot read the mask: try a PNG file."));
    if (size(image) !== size(photo)) {
      const told = { mask: size(image), photo: size(photo) };
      const question = t("The mask is {mask}, the photo {photo}. Resize the mask?", told);
      if (!(await ask(question, t("Resize")))) return;
    }
    const { bitmap, any } = readMask(image, photo);
    if (photo !== editor.photo) return;
    if (any) editor.mark({ kind: "bitmap", tool: "hole", bitmap, left: 0, top: 0 });
    else warn(t("The mask has no hole: it must be white, the rest black."));
  }

  // Open an example with its mask.
  async example(name, fileName) {
    try {
      const parts = ["photo", "mask"].map((part) => blob(`examples/${name}/${part}`));
      const [photo, mask] = await Promise.all(parts);
      if (await this.photo(photo, fileName)) await this.mask(mask);
    } catch (error) {
      report(error);
    }
  }

  // The photo that is worked on is the one that is sent.
  #taken() {
    const { photo } = this.editor;
    tell(t("{name}, {size} pixels. Draw over what to remove.", { name: photo.name, size: size(photo) }));
    element("stage").focus({ preventScroll: true });
    if (photo.sending || photo.id) return;
    this.sending?.abort();
    photo.ready().catch(() => {}); // told already
  }

  #send(photo) {
    const sending = new AbortController();
    this.sending = sending;
    photo.sending = this.#sendNow(photo, sending.signal).finally(() => {
      photo.sending = null;
    });
    return photo.sending;
  }

  async #sendNow(photo, signal) {
    try {
      const told = (share) => this.editor.busy && showProgress(share);
      const answer = await sendPhoto(photo.file, photo.name, signal, told);
      const { id, width, height, transparent, shown, download } = answer;
      Object.assign(photo, { transparent, download });
      const differs = !photo.bitmap || photo.width !== width || photo.height !== height;
      if (!shown || differs) {
        const bitmap = await view(id, signal);
        if (signal.aborted) return;
        photo.show(bitmap); // as the server sees it
        photo.viewed = true;
        if (differs) this.editor.open(photo);
      }
      photo.id = id;
      this.editor.update();
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
      const files = [...element(input).files];
      element(input).value = ""; // so that the same file may be chosen again
      if (files.length) take(files);
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
    document.addEventListener("drop", async (event) => {
      hide();
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault(); // or the browser leaves the page for the file
      const onMask = event.target.closest("[data-drop=mask]");
      const files = await dropped(event.dataTransfer);
      if (onMask) this.mask(files[0]);
      else this.photos(files);
    });
  }
}

// The files of a drop, those of folders too if they are images.
async function dropped({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some(({ isDirectory }) => isDirectory)) return [...files];
  const found = (await Promise.all(entries.map(filesOf))).flat();
  return found.filter(({ type, name }) => IMAGE.test(type) || IMAGE.test(name));
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // up to 100
    if (!part.length) return found;
    found.push(...(await Promise.all(part.map(filesOf))).flat());
  }
}
