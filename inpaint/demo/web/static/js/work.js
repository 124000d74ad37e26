// The work on one photo, step by step. A state is { photo, marks, fills } and never changes; any of them can be gone
// back to. `saved` is the id of the result that was downloaded last.

export class Work {
  constructor(
    photo,
    states = [{ photo, marks: [], fills: [] }],
    index = states.length - 1,
    saved = undefined,
  ) {
    Object.assign(this, { states, index, saved });
  }

  get state() {
    return this.states[this.index];
  }

  // The photo, as it was extended last.
  get photo() {
    return this.state.photo;
  }

  // The id of the result, if there is one.
  get result() {
    return this.state.fills.at(-1)?.id;
  }

  // Whether there is a result that was not downloaded; an extended one is no longer the state's own.
  get unsaved() {
    const result = this.result ?? this.photo.extends;
    return result !== undefined && result !== this.saved;
  }

  mark(mark) {
    this.#push({ marks: [...this.state.marks, mark] });
  }

  // Another hole in place of all that was drawn of it.
  reshape(mark) {
    this.#push({ marks: [...this.state.marks.filter(({ tool }) => tool !== "hole"), mark] });
  }

  clear() {
    this.#push({ marks: [] });
  }

  // A fill uses marks up, and keeps them for a look inside. Those that were drawn while it ran stay.
  fill(fill, used) {
    const { marks, fills } = this.state;
    const left = marks.filter((mark) => !used.includes(mark));
    this.#push({ marks: left, fills: [...fills, { ...fill, marks: used }] });
  }

  // Another photo, which shows what was filled so far.
  extend(photo, marks) {
    this.#push({ photo, marks, fills: [] });
  }

  go(index) {
    if (this.states[index]) this.index = index;
  }

  #push(change) {
    this.states.length = this.index + 1;
    this.states.push({ ...this.state, ...change });
    this.index += 1;
  }
}
