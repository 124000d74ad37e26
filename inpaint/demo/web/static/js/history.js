// The steps of work on one photo. A state is { marks, fills } and never changes; any of them can be gone back to.

export class History {
  constructor(states = [{ marks: [], fills: [] }], index = states.length - 1) {
    this.states = states;
    this.index = index;
  }

  get state() {
    return this.states[this.index];
  }

  get canUndo() {
    return this.index > 0;
  }

  get canRedo() {
    return this.index < this.states.length - 1;
  }

  mark(mark) {
    this.#push({ ...this.state, marks: [...this.state.marks, mark] });
  }

  // Another hole in place of all that was drawn of it.
  reshape(mark) {
    const others = this.state.marks.filter(({ tool }) => tool !== "hole");
    this.#push({ ...this.state, marks: [...others, mark] });
  }

  clear() {
    this.#push({ ...this.state, marks: [] });
  }

  // A fill uses marks up, and keeps them for a look inside. Those that were drawn while it ran stay.
  fill(fill, used) {
    const { marks, fills } = this.state;
    const left = marks.filter((mark) => !used.includes(mark));
    this.#push({ marks: left, fills: [...fills, { ...fill, marks: used }] });
  }

  go(index) {
    if (this.states[index]) this.index = index;
  }

  #push(state) {
    this.states.length = this.index + 1;
    this.states.push(state);
    this.index += 1;
  }
}
