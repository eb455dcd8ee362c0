// Those who want to be told of something.

export class Listeners {
  all = new Set();

  /** @returns what ends it. */
  add(listener) {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(...values) { for (const listener of this.all) listener(...values); }
}
