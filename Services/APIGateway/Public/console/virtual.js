// A list of any length of which only the rows in sight exist. Rows are reused while scrolling; what is in sight stays there when rows come above it.

const BEYOND = 4;

export class VirtualRows {
  /**
   * @param scroller scrolls; `spacer` within it is as high as all rows and holds those in sight.
   * @param make makes a row; `update(row, item, index)` fills it.
   */
  constructor({ scroller, spacer, make, update }) {
    Object.assign(this, { scroller, spacer, make, update, items: [], rows: new Map(), spare: [], height: 0, top: null });
    scroller.addEventListener('scroll', () => this.draw(), { passive: true });
    this.watch = new ResizeObserver(() => this.measure());
    this.watch.observe(scroller);
  }

  close() { this.watch.disconnect(); }

  measure() {
    const height = parseFloat(getComputedStyle(this.scroller).getPropertyValue('--row')) || 48;
    this.view = this.scroller.clientHeight;
    // The head above stands over the columns whether or not the bar takes room.
    this.scroller.parentNode.style.setProperty('--bar', `${this.scroller.offsetWidth - this.scroller.clientWidth}px`);
    if (height !== this.height) {
      this.height = height;
      this.spacer.style.height = `${this.items.length * height}px`;
    }
    this.draw();
  }

  /** @param items objects with an `id`; the same object stands for the same row. */
  set(items) {
    const anchor = this.scroller.scrollTop > 0 ? this.top : null;
    this.items = items;
    if (!this.height) this.measure();
    this.spacer.style.height = `${items.length * this.height}px`;
    if (anchor) {
      const index = items.indexOf(anchor.item);
      if (index >= 0 && index !== anchor.index) this.scroller.scrollTop += (index - anchor.index) * this.height;
    }
    this.draw();
  }

  show(index) {
    const top = index * this.height;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + this.height > this.scroller.scrollTop + this.view) this.scroller.scrollTop = top + this.height - this.view;
    this.draw();
    return this.rows.get(this.items[index]?.id);
  }

  get page() { return Math.max(1, Math.floor(this.view / this.height) - 1); }

  draw() {
    if (!this.height) return;
    const { scrollTop } = this.scroller;
    const start = Math.max(0, Math.floor(scrollTop / this.height) - BEYOND);
    const end = Math.min(this.items.length, Math.ceil((scrollTop + this.view) / this.height) + BEYOND);
    const first = Math.min(this.items.length - 1, Math.floor(scrollTop / this.height));
    this.top = first >= 0 ? { item: this.items[first], index: first } : null;
    const wanted = new Set();
    for (let index = start; index < end; index += 1) wanted.add(this.items[index].id);
    for (const [id, row] of this.rows) {
      // The row that has the focus stays what it is.
      if (!wanted.has(id) && !row.contains(document.activeElement)) {
        this.rows.delete(id);
        this.spare.push(row);
      }
    }
    for (let index = start; index < end; index += 1) {
      const item = this.items[index];
      let row = this.rows.get(item.id);
      if (!row) {
        row = this.spare.pop() || this.make();
        this.rows.set(item.id, row);
      }
      if (row.parentNode !== this.spacer) this.spacer.append(row);
      if (row.index !== index) {
        row.index = index;
        row.style.transform = `translateY(${index * this.height}px)`;
      }
      this.update(row, item, index);
    }
    for (const row of this.spare) row.remove();
    if (this.spare.length > 40) this.spare.length = 40;
  }
}
