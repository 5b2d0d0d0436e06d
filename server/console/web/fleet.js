import {h} from '@web/dom.js';
import {fixed, percent, plural} from '@web/format.js';

import {Rows, setText} from './rows.js';
import {DOING, DOINGS, doingOf, timeOfDay} from './words.js';

// All aircraft: how many do what, and each with its place and state of charge.
export class FleetView {
  #fleet = [];
  #only = null;  // key of what the shown aircraft do; null: all

  // `select(name)` is told which aircraft is selected; empty: none.
  constructor(select) {
    this.select = select;
    this.selected = '';
    this.bar = h('div', {class: 'bar', 'aria-hidden': 'true'});
    this.counts = h('div', {class: 'counts', role: 'group', 'aria-label': 'Show only'});
    this.body = h('tbody');
    this.low = h('span', {class: 'aside'});
    this.element = h('section', {class: 'card fleet-card', 'aria-labelledby': 'fleet-title'},
        h('header', {class: 'card-head'}, h('h2', {id: 'fleet-title'}, 'Aircraft'), this.low),
        this.bar, this.counts,
        h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Aircraft now'},
            h('table', {class: 'fleet'}, h('thead', {}, h('tr', {},
                ...['Aircraft', 'Doing', 'Where'].map((text) => h('th', {scope: 'col'}, text)),
                h('th', {scope: 'col', class: 'number'}, 'Charge'))), this.body)));
    this.parts = new Rows(this.bar, ({key}) => key, makePart);
    this.choices = new Rows(this.counts, ({key}) => key, (one) => this.#makeChoice(one));
    this.rows = new Rows(this.body, ({name}) => name, (one) => this.#makeRow(one));
  }

  show(fleet) {
    this.#fleet = fleet;
    const keys = fleet.map(doingOf);
    const counts = DOINGS.map((one) =>
      ({...one, count: keys.filter((key) => key === one.key).length}))
        .filter(({count, key}) => count > 0 || key === this.#only);
    this.parts.show(counts);
    this.choices.show(counts);
    this.rows.show(fleet.filter((_, k) => this.#only === null || keys[k] === this.#only));
    const lowest = fleet.length ? Math.min(...fleet.map(({stateOfCharge}) => stateOfCharge)) : 0;
    setText(this.low, fleet.length ?
      `${plural(fleet.length, 'aircraft', 'aircraft')}, lowest charge ${percent(lowest)}` : '');
  }

  #makeChoice({key, brief, color}) {
    const count = h('span', {class: 'count'});
    const element = h('button', {type: 'button', 'data-doing': key, click: () => {
      this.#only = this.#only === key ? null : key;
      this.show(this.#fleet);
    }}, h('i', {style: `--swatch: var(${color})`}), count, ` ${brief}`);
    return {element, update: (one) => {
      setText(count, fixed(one.count));
      element.setAttribute('aria-pressed', String(this.#only === key));
    }};
  }

  #makeRow({name}) {
    const cells = {doing: h('td', {class: 'doing'}), where: h('td'),
      charge: h('td', {class: 'number'})};
    const [swatch, doing] = [h('i'), h('span')];
    cells.doing.append(swatch, doing);
    const [level, text] = [h('span', {class: 'level', 'aria-hidden': 'true'}),
      h('span', {class: 'share'})];
    cells.charge.append(level, text);
    const button = h('button', {type: 'button', class: 'plain', click: () => {
      this.selected = this.selected === name ? '' : name;
      this.select(this.selected);
    }}, name);
    const element = h('tr', {'data-aircraft': name}, h('th', {scope: 'row'}, button),
        ...Object.values(cells));
    return {element, update: (one) => {
      const {key, color} = DOING[doingOf(one)];
      button.setAttribute('aria-pressed', String(this.selected === name));
      element.classList.toggle('selected', this.selected === name);
      swatch.style.setProperty('--swatch', `var(${color})`);
      setText(doing, DOING[key].brief);
      setText(cells.where, whereIs(one, key));
      level.style.setProperty('--level', percent(one.stateOfCharge, 1).replace(' ', ''));
      level.dataset.band = one.stateOfCharge < 0.25 ? 'low' : one.charging ? 'up' : '';
      setText(text, percent(one.stateOfCharge));
    }};
  }
}

function makePart({key, color}) {
  const element = h('i', {'data-doing': key, style: `--swatch: var(${color})`});
  return {element, update: ({count}) => element.style.setProperty('flex-grow', count)};
}

function whereIs({phase, vertiport, destination, target, takeOffMs, landingMs, readyMs}, key) {
  const at = (ms) => (ms === undefined ? '' : ` ${timeOfDay(Number(ms), false)}`);
  if (DOING[key].air) return `${vertiport} → ${target || destination}${at(landingMs)}`;
  if (key === 'departing') return `${vertiport} → ${destination}, off${at(takeOffMs)}`;
  if (readyMs === undefined) return vertiport;
  return `${vertiport}, ${phase === 'AIRCRAFT_PHASE_READY' ? 'holds to' : 'ready'}${at(readyMs)}`;
}
