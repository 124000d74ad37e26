// What is kept of photos by id: in memory, and in this browser until a while has passed. Nothing waits for the latter,
// as private windows have little room and let writers wait without an end.

import { answered, opened } from "../../demo/web/static/js/database.js";

const NAME = "inpaint-device";
const PHOTOS = "photos";

const photos = new Map();
let database = null;
let last = 0;

async function ask(mode, act) {
  database ??= opened(NAME, [PHOTOS]);
  return answered(act((await database).transaction(PHOTOS, mode).objectStore(PHOTOS)));
}

// Keep a photo; returns its id, a number that later ones exceed.
export function put(photo) {
  last = Math.max(Date.now(), last + 1);
  const id = last;
  const kept = { ...photo, at: Date.now() };
  photos.set(id, kept);
  ask("readwrite", (all) => all.put(kept, id)).catch((error) => console.warn(error)); // a reload will not find it
  return id;
}

// The photo with an id, or undefined.
export const get = async (id) => photos.get(id) ?? ask("readonly", (all) => all.get(id));

// Remove the photos that were kept more than so many minutes ago.
export async function removeOld(minutes) {
  const oldest = Date.now() - 60_000 * minutes;
  for (const id of await ask("readonly", (all) => all.getAllKeys())) {
    if ((await get(id)).at < oldest) await ask("readwrite", (all) => all.delete(id));
  }
}
