import {h, select} from '@web/dom.js';
import {clock} from '@web/format.js';

const SPEEDS = [['60', '1 min/s'], ['300', '5 min/s'], ['600', '10 min/s'], ['1800', '30 min/s']];
const STEP_S = 60;

// The clock of the replay: a button, a slider and a speed. Whoever follows it is told of each move.
export class Player {
  #followers = [];
  #speed = 600;
  #playing = false;
  #frame = 0;

  constructor(start, end, time) {
    Object.assign(this, {start, end, time});
    this.#build();
    this.#show();
  }

  // Calls `listener(time)` now and after each move.
  follow(listener) {
    this.#followers.push(listener);
    listener(this.time);
  }

  seek(time) {
    this.time = Math.min(this.end, Math.max(this.start, time));
    this.#show();
    for (const listener of this.#followers) listener(this.time);
  }

  pause() {
    this.#playing = false;
    cancelAnimationFrame(this.#frame);
    this.#show();
  }

  play() {
    if (this.time >= this.end) this.seek(this.start);
    this.#playing = true;
    this.#show();
    let last = performance.now();
    const tick = (now) => {
      if (!this.#playing || !this.element.isConnected) return;
      this.seek(this.time + (now - last) / 1000 * this.#speed);
      last = now;
      if (this.time >= this.end) this.pause();
      else this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  #build() {
    this.button = h('button', {type: 'button', id: 'play', class: 'play',
      click: () => (this.#playing ? this.pause() : this.play())});
    this.slider = h('input', {type: 'range', id: 'time', 'aria-label': 'Time of day',
      min: this.start, max: this.end, step: STEP_S,
      input: () => this.seek(Number(this.slider.value))});
    this.label = h('output', {id: 'clock', for: 'time'});
    const ends = (time) => h('span', {class: 'end', 'aria-hidden': 'true'}, clock(time));
    this.element = h('div', {class: 'player', role: 'group', 'aria-label': 'Replay'},
        this.button, this.label, ends(this.start), this.slider, ends(this.end),
        select('Speed', SPEEDS, String(this.#speed), (speed) => this.#speed = Number(speed)));
  }

  #show() {
    this.button.textContent = this.#playing ? 'Pause' : 'Play';
    this.button.dataset.state = this.#playing ? 'playing' : 'paused';
    this.slider.value = this.time;
    this.slider.setAttribute('aria-valuetext', clock(this.time));
    this.slider.style.setProperty('--done',
        `${100 * (this.time - this.start) / (this.end - this.start)}%`);
    this.label.textContent = clock(this.time);
  }
}
