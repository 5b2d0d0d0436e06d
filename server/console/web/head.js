import {h, select} from '@web/dom.js';

import {setText} from './rows.js';
import {dayNumber, idOf, timeOfDay} from './words.js';

const STATES = {connecting: 'Connecting', live: 'Live', lost: 'No connection', refused: 'Waiting',
  trouble: 'Behind'};

// The bar at the top: which network, its time, how the connection is; and a banner when something
// is wrong.
export class Head {
  // `choose(id)` is told which network the user wants.
  constructor(choose) {
    this.choose = choose;
    this.picker = h('div', {class: 'picker'});
    this.time = h('output', {class: 'time', 'aria-label': 'Network time'});
    this.day = h('span', {class: 'day'});
    this.state = h('span', {class: 'state', 'data-state': 'connecting'});
    this.banner = h('div', {class: 'banner', role: 'status', hidden: true});
    this.clock = h('div', {class: 'clock'}, this.time, this.day);
    this.bar = h('div', {class: 'bar-top'}, h('p', {class: 'brand'}, mark(), 'Skein'), this.picker,
        this.clock, this.state);
    this.connection('connecting');
  }

  // Lists the networks; the chosen one may be missing.
  networks(list, chosen) {
    const key = JSON.stringify([list.map(({name}) => name), chosen]);
    if (this.key === key) return;
    this.key = key;
    const ids = list.map(({name}) => idOf(name));
    if (ids.length === 1 && ids[0] === chosen) {
      this.picker.replaceChildren(h('h1', {}, chosen));
    } else {
      if (chosen && !ids.includes(chosen)) ids.unshift(chosen);
      this.picker.replaceChildren(h('h1', {class: 'hidden'}, chosen), ids.length ?
        select('Network', ids.map((id) => [id, id]), chosen, this.choose) : '');
    }
  }

  connection(state) {
    this.state.dataset.state = state;
    setText(this.state, STATES[state]);
  }

  // Says what is wrong; empty: nothing.
  say(text) {
    this.banner.hidden = !text;
    setText(this.banner, text);
  }

  // `late`: the network lives by events, see network_clock.js.
  tick(time, zone, late) {
    if (time === null) return;
    this.clock.title = late ? 'Shown up to half a second late, so that aircraft move smoothly' : '';
    setText(this.time, timeOfDay(time));
    setText(this.day, `Day ${dayNumber(time)}${zone ? `, ${zone.replaceAll('_', ' ')}` : ''}`);
  }

  clear() {
    setText(this.time, '');
    setText(this.day, '');
  }
}

function mark() {
  return h('img', {src: 'icon.svg', alt: '', width: 26, height: 26});
}
