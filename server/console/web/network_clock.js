// The time of a network between the moments at which the server tells it, so that what moves moves
// smoothly.
//
// A network that lives by the server's clock goes on by itself. One that lives by events is shown
// from one told time to the next, as long as it took to be told: a little late, never ahead of what
// is known.
const LEAST_MS = 120;
const MOST_MS = 1500;

export class NetworkClock {
  #from = null;  // network time, milliseconds
  #to = null;
  #begin = 0;  // wall time, milliseconds
  #length = LEAST_MS;
  #told = 0;  // when it was told last, wall time
  #offset = null;  // of a network that lives by the server's clock: network time − wall time

  // Takes a time that was told. `offset` is null unless the network lives by the server's clock.
  tell(time, offset, wall = performance.now()) {
    this.#offset = offset;
    if (this.#to === null || time < this.#to) {
      [this.#from, this.#to, this.#begin, this.#told] = [time, time, wall, wall];
      return;
    }
    if (time === this.#to) return;
    this.#from = this.at(wall);
    this.#to = time;
    this.#begin = wall;
    this.#length = Math.min(MOST_MS, Math.max(LEAST_MS, wall - this.#told));
    this.#told = wall;
  }

  // The network time to show; null if none was told.
  at(wall = performance.now()) {
    if (this.#to === null) return null;
    if (this.#offset !== null) return Math.max(this.#to, Date.now() + this.#offset);
    const part = Math.min(1, (wall - this.#begin) / this.#length);
    return this.#from + part * (this.#to - this.#from);
  }

  // The latest time that was told: without motion.
  get latest() { return this.#to; }
}
