// A reload comes back to where one was: the photos, and each step of the work on them, are kept in this browser, for
// as long as the server keeps its files. Each tab has its own; blobs are written once.

import { History } from "./history.js";
import { report } from "./messages.js";
import { decoded, Photo } from "./photo.js";

const NAME = "inpaint-page";
const WAIT = 300; // milliseconds after a change
const STORES = ["tabs", "blobs"];

export class Keeping {
  constructor(editor, minutes) {
    this.editor = editor;
    this.oldest = Date.now() - 60_000 * minutes;
    sessionStorage.tab ??= crypto.getRandomValues(new Uint32Array(2)).join("");
    this.tab = sessionStorage.tab;
    this.keys = new WeakMap(); // of blobs and bitmaps that were written
    this.count = 0;
    this.chain = Promise.resolve();
  }

  // Go back to what was kept, and keep what changes from now on; `adopt` prepares a photo.
  async begin(adopt) {
    this.database = await opened().catch(() => null); // some private windows have none: nothing is kept
    if (!this.database) return;
    await this.#forget();
    const kept = await this.#get("tabs", this.tab);
    if (kept) await this.#restore(kept, adopt);
    this.editor.addEventListener("update", () => this.#soon());
    this.#soon();
  }

  // Keep how things are after what is being written.
  #soon() {
    document.body.dataset.kept = "false";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.chain = this.chain.then(() => this.#keep()).catch(report);
    }, WAIT);
  }

  async #keep() {
    const { timer } = this;
    const { works, work } = this.editor;
    const kept = await Promise.all(works.map((each) => this.#plain(each)));
    const at = Date.now();
    await this.#put("tabs", { at, works: kept, current: works.indexOf(work), count: this.count }, this.tab);
    if (timer === this.timer) document.body.dataset.kept = "true"; // nothing changed meanwhile
  }

  async #plain({ photo, history, saved }) {
    const { name, id, download, transparent } = photo;
    const file = await this.#written(photo.file);
    const states = await Promise.all(
      history.states.map(async ({ marks, fills }) => ({
        marks: await Promise.all(marks.map((mark) => this.#stored(mark))),
        fills: await Promise.all(
          fills.map(async (fill) => ({
            ...(await this.#stored(fill)),
            marks: await Promise.all(fill.marks.map((mark) => this.#stored(mark))),
          })),
        ),
      })),
    );
    const bitmap = await this.#written(photo.viewed ? photo.bitmap : null);
    return { name, id, download, transparent, file, bitmap, saved, index: history.index, states };
  }

  async #stored(thing) {
    return thing.bitmap ? { ...thing, bitmap: await this.#written(thing.bitmap) } : thing;
  }

  // The key of a blob or bitmap in the database.
  #written(content) {
    if (!content) return null;
    if (!this.keys.has(content)) {
      this.count += 1;
      const key = `${this.tab}/${this.count}`;
      this.keys.set(
        content,
        encoded(content).then(async (blob) => {
          await this.#put("blobs", blob, key);
          return key;
        }),
      );
    }
    return this.keys.get(content);
  }

  async #restore({ works, current, count }, adopt) {
    this.count = count;
    const { editor } = this;
    const read = new Map();
    const bitmap = async (key) => {
      if (!read.has(key))
        read.set(
          key,
          this.#get("blobs", key).then((blob) => createImageBitmap(blob)),
        );
      const image = await read.get(key);
      this.keys.set(image, Promise.resolve(key));
      return image;
    };
    const whole = async (thing) => (thing.bitmap ? { ...thing, bitmap: await bitmap(thing.bitmap) } : thing);
    const restored = new Map(); // by what tells equal marks apart, so that they are the same again
    const mark = async (thing) => {
      const key = JSON.stringify(thing);
      if (!restored.has(key)) restored.set(key, whole(thing));
      return restored.get(key);
    };
    for (const kept of works) {
      const file = await this.#get("blobs", kept.file);
      this.keys.set(file, Promise.resolve(kept.file));
      const image = kept.bitmap ? await bitmap(kept.bitmap) : await decoded(file);
      const photo = new Photo(file, kept.name, image);
      const { id, download, transparent, saved } = kept;
      const viewed = Boolean(kept.bitmap);
      // Without fills it may be sent again, should the server have forgotten it.
      const known = kept.states.some(({ fills }) => fills.length) ? id : null;
      Object.assign(photo, { id: known, download, transparent, viewed });
      adopt(photo);
      const states = await Promise.all(
        kept.states.map(async ({ marks, fills }) => ({
          marks: await Promise.all(marks.map(mark)),
          fills: await Promise.all(
            fills.map(async (fill) => ({
              ...(await whole(fill)),
              marks: await Promise.all(fill.marks.map(mark)),
            })),
          ),
        })),
      );
      editor.works.push({ photo, history: new History(states, kept.index), saved });
    }
    if (editor.works[current]) editor.take(editor.works[current]);
  }

  // Remove what closed tabs left.
  async #forget() {
    const tabs = await this.#ask("tabs", "readonly", (store) => store.getAllKeys());
    for (const tab of tabs) {
      const { at } = await this.#get("tabs", tab);
      if (at > this.oldest) continue;
      await this.#ask("tabs", "readwrite", (store) => store.delete(tab));
      const range = IDBKeyRange.bound(`${tab}/`, `${tab}/~`);
      await this.#ask("blobs", "readwrite", (store) => store.delete(range));
    }
  }

  #get(store, key) {
    return this.#ask(store, "readonly", (all) => all.get(key));
  }

  #put(store, value, key) {
    return this.#ask(store, "readwrite", (all) => all.put(value, key));
  }

  #ask(name, mode, act) {
    return answered(act(this.database.transaction(name, mode).objectStore(name)));
  }
}

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const name of STORES) request.result.createObjectStore(name);
  };
  return answered(request);
}

// A blob of a bitmap: a PNG file; blobs are themselves.
async function encoded(content) {
  if (content instanceof Blob) return content;
  const canvas = new OffscreenCanvas(content.width, content.height);
  canvas.getContext("2d").drawImage(content, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
