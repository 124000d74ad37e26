// IndexedDB with promises.

// A promise of what a request is answered.
export function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// The database of a name, with stores whose keys are given.
export function opened(name, stores) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const each of stores) request.result.createObjectStore(each);
  };
  return answered(request);
}
