// What is kept of photos in this browser, by id, until it was not used for a while.

const NAME = "inpaint-device";
const PHOTOS = "photos";

let database = null;

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function ask(mode, act) {
  if (!database) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PHOTOS, { autoIncrement: true });
    database = answered(request);
  }
  return answered(act((await database).transaction(PHOTOS, mode).objectStore(PHOTOS)));
}

// Keep a photo; returns its id.
export const put = (photo) => ask("readwrite", (all) => all.add({ ...photo, at: Date.now() }));

// The photo with an id, or undefined.
export const get = (id) => ask("readonly", (all) => all.get(id));

// Remove the photos that were kept more than so many minutes ago.
export async function removeOld(minutes) {
  const oldest = Date.now() - 60_000 * minutes;
  for (const id of await ask("readonly", (all) => all.getAllKeys())) {
    if ((await get(id)).at < oldest) await ask("readwrite", (all) => all.delete(id));
  }
}
