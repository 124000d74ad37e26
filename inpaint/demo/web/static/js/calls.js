// What calls have in common, wherever they are answered.

// Refused, with one line of text.
export class Refused extends Error {
  constructor(text, status) {
    super(text);
    this.status = status;
  }
}

// A promise that is rejected when a signal aborts.
export function stopped(signal) {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
  });
}
