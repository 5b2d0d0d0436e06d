// Keeps the children of an element in step with a list: an item that stays keeps its element, with
// its focus. `make(item)` gives {element, update(item)}.
export class Rows {
  #known = new Map();

  constructor(parent, key, make) {
    Object.assign(this, {parent, key, make});
  }

  show(items) {
    const gone = new Map(this.#known);
    let place = this.parent.firstChild;
    for (const item of items) {
      const key = this.key(item);
      let row = this.#known.get(key);
      if (!row) this.#known.set(key, row = this.make(item));
      gone.delete(key);
      row.update(item);
      if (row.element === place) place = place.nextSibling;
      else this.parent.insertBefore(row.element, place);
    }
    for (const [key, {element}] of gone) {
      element.remove();
      this.#known.delete(key);
    }
  }
}

// Sets a text only if it differs, so that selections stay.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
