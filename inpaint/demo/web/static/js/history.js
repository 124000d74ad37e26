// The steps of work on one photo. A state is { marks, fills } and never changes; undo and redo move between states.

export class History {
  constructor() {
    this.states = [{ marks: [], fills: [] }];
    this.index = 0;
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
  reshape(bitmap) {
    const others = this.state.marks.filter(({ tool }) => tool !== "hole");
    this.#push({ ...this.state, marks: [...others, { kind: "bitmap", tool: "hole", bitmap }] });
  }

  clear() {
    this.#push({ ...this.state, marks: [] });
  }

  // A fill uses the marks up. It keeps those that it was made of, for a look inside.
  fill(fill) {
    const { marks, fills } = this.state;
    this.#push({ marks: [], fills: [...fills, { ...fill, marks }] });
  }

  undo() {
    if (this.canUndo) this.index -= 1;
  }

  redo() {
    if (this.canRedo) this.index += 1;
  }

  #push(state) {
    this.states.length = this.index + 1;
    this.states.push(state);
    this.index += 1;
  }
}
