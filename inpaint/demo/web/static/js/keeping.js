// A reload comes back to where one was: the photos, and each step of the work on them, are kept in this browser, for
// as long as the server keeps its files. Each tab has its own; blobs are written once.

import { answered, opened } from "./database.js";
import { report } from "./messages.js";
import { decoded, Photo } from "./photo.js";
import { Work } from "./work.js";

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
    this.database = await opened(NAME, STORES).catch(() => null); // some private windows have none: nothing is kept
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

  async #plain({ states, index, saved }) {
    const stored = async ({ photo, marks, fills }) => ({
      photo: await this.#photo(photo),
      marks: await this.#stored(marks),
      fills: await this.#stored(fills),
    });
    return { states: await Promise.all(states.map(stored)), index, saved };
  }

  async #photo(photo) {
    const { name, id, download, transparent, viewed, extends: before } = photo;
    const [file, bitmap] = [await this.#written(photo.file), viewed && (await this.#written(photo.bitmap))];
    return { name, id, download, transparent, viewed, extends: before, file, bitmap };
  }

  // Marks or fills, with keys in place of bitmaps.
  #stored(things) {
    const stored = async ({ bitmap, marks, ...rest }) => ({
      ...rest,
      ...(bitmap && { bitmap: await this.#written(bitmap) }),
      ...(marks && { marks: await this.#stored(marks) }),
    });
    return Promise.all(things.map(stored));
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
    const restored = new Map(); // by what tells equal things apart, so that they are the same again
    const once = (thing, make) => {
      const key = JSON.stringify(thing);
      if (!restored.has(key)) restored.set(key, make(thing));
      return restored.get(key);
    };
    const bitmap = (key) =>
      once(key, async () => {
        const image = await createImageBitmap(await this.#get("blobs", key));
        this.keys.set(image, Promise.resolve(key));
        return image;
      });
    const whole = (things) => Promise.all(things.map((thing) => once(thing, part)));
    const part = async ({ bitmap: key, marks, ...rest }) => ({
      ...rest,
      ...(key && { bitmap: await bitmap(key) }),
      ...(marks && { marks: await whole(marks) }),
    });
    const photoOf = async ({ file: key, bitmap: viewed, ...about }) => {
      const file = key && (await this.#get("blobs", key));
      if (file) this.keys.set(file, Promise.resolve(key));
      const photo = new Photo(file, about.name, viewed ? await bitmap(viewed) : await decoded(file));
      adopt(Object.assign(photo, about));
      return photo;
    };
    for (const { states, index, saved } of works) {
      const plain = async ({ photo, marks, fills }) => ({
        photo: await once(photo, photoOf),
        marks: await whole(marks),
        fills: await whole(fills),
      });
      const work = new Work(null, await Promise.all(states.map(plain)), index, saved);
      // Without fills a photo may be sent again, should the server have forgotten it.
      if (!work.states.some(({ photo, fills }) => fills.length || !photo.file)) work.photo.id = null;
      editor.works.push(work);
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

// A blob of a bitmap: a PNG file; blobs are themselves.
async function encoded(content) {
  if (content instanceof Blob) return content;
  const canvas = new OffscreenCanvas(content.width, content.height);
  canvas.getContext("2d").drawImage(content, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
