import {h, legend} from '@web/dom.js';
import {fixed, percent, plural} from '@web/format.js';

import {AircraftLayer} from './aircraft_layer.js';
import {fit, placeLabels, placesOf, roundDown} from './projection.js';
import {Rows, setText} from './rows.js';
import {arc, set, svg} from './svg.js';
import {DOING, DOINGS, doingOf, timeOfDay} from './words.js';

const MOST_CORRIDORS = 200;  // pairs; more would cover the map
const GAP_PX = 20;           // from a vertiport to its label
const CHARACTER_PX = 7.2;    // of a label, about
const SPACE_PX = 70;         // for each vertiport; with less they are drawn smaller
const GRID_PX = 110;         // between lines, about
const ROOMY = {width: 500, vertiports: 16};  // else labels are short

// The map: vertiports with their waiting passengers and stands, corridors, closures, and the
// aircraft in the air, which move with `clock`.
export class MapView {
  #scenario = null;
  #state = {};
  #places = new Map();  // pixels by name

  constructor(clock) {
    this.clock = clock;
    this.ground = svg('g', {class: 'ground'});
    this.corridors = svg('path', {class: 'corridors'});
    this.closures = svg('g', {class: 'closures'});
    this.vertiports = svg('g', {class: 'vertiports'});
    this.size = 1;  // of markers
    this.aircraft = new AircraftLayer((aircraft, element) =>
      this.#tip(aircraft && aircraftTip(aircraft), element));
    this.drawing = svg('svg', {role: 'group'}, this.ground, this.corridors, this.closures,
        this.aircraft.lines, this.vertiports, this.aircraft.arrows);
    this.tip = h('div', {class: 'map-tip', hidden: true});
    this.box = h('div', {class: 'map'}, this.drawing, this.tip);
    this.legend = h('div');
    this.element = h('section', {class: 'card map-card', 'aria-label': 'Map'}, this.box,
        this.legend);
    this.rows = new Rows(this.vertiports, ({name}) => name, (one) => this.#makeVertiport(one));
    new ResizeObserver(() => this.#lay()).observe(this.box);
    this.#animate();
  }

  // A scenario, or null: none is known.
  open(scenario) {
    this.#scenario = scenario;
    this.#state = {};
    this.#lay();
  }

  // What is now: fleet, advisories in force, the name of the selected aircraft.
  show(state) {
    this.#state = state;
    if (!this.#scenario || !state.fleet || this.#places.size === 0) return;
    this.rows.show(state.fleet.vertiports);
    this.aircraft.show(state.fleet.aircraft, this.#places, state.selected);
    this.#showClosures(state.closures);
    this.#showLegend(state);
    const flying = state.fleet.aircraft.filter((one) => DOING[doingOf(one)]?.air).length;
    const vertiports = plural(state.fleet.vertiports.length, 'vertiport');
    set(this.drawing, {'aria-label': `Map of ${vertiports} with ${fixed(flying)} aircraft in the ` +
        'air; the tables have the same figures'});
  }

  #animate() {
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const frame = () => {
      const time = still.matches ? this.clock.latest : this.clock.at();
      if (time !== null) this.aircraft.move(time, this.size);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  // Lays everything out anew for the size of the box.
  #lay() {
    const {clientWidth: width, clientHeight: height} = this.box;
    this.rows.show([]);
    this.#places = new Map();
    if (!this.#scenario || width === 0) return;
    set(this.drawing, {viewBox: `0 0 ${width} ${height}`});
    const metres = placesOf(this.#scenario.vertiports);
    const scaled = fit(metres, width, height,
        {side: width < 500 ? 52 : 84, top: 40, bottom: 56});
    for (const [name, {x, y}] of metres)
      this.#places.set(name, {x: Math.round(scaled.x(x)), y: Math.round(scaled.y(y))});
    this.#drawGround(width, height, scaled);
    this.#drawCorridors();
    const names = [...this.#places.keys()];
    this.size = Math.min(1, Math.max(0.5, Math.sqrt(width * height / names.length) / SPACE_PX));
    this.roomy = width >= ROOMY.width && names.length <= ROOMY.vertiports;
    const labels = placeLabels(names.map((name) => ({...this.#places.get(name),
      width: CHARACTER_PX * (this.roomy ? Math.max(name.length, 10) : name.length + 2),
      height: this.roomy ? 30 : 15})), GAP_PX * this.size, {width, height});
    this.labels = new Map(names.map((name, k) => [name, labels[k]]));
    this.show(this.#state);
  }

  // Lines every so many kilometres, and what their distance is.
  #drawGround(width, height, {scale, x, y}) {
    const step = roundDown(GRID_PX * scale);
    const lines = [];
    for (let k = Math.ceil((0 - width / 2) * scale / step); x(k * step) <= width; ++k)
      lines.push(`M${x(k * step).toFixed(1)},0V${height}`);
    const lowest = Math.ceil((y(0) - height) * scale / step);
    for (let k = lowest; y(k * step) >= 0; ++k)
      lines.push(`M0,${y(k * step).toFixed(1)}H${width}`);
    const length = step / scale;
    const text = svg('text', {x: 16 + length / 2, y: height - 22, 'text-anchor': 'middle'});
    text.textContent = step < 1000 ? `${step} m` : `${step / 1000} km`;
    const north = svg('g', {class: 'north', transform: `translate(${width - 22},${height - 22})`},
        svg('path', {d: 'M0,-12 L5,3 L0,0 L-5,3 Z'}));
    const letter = svg('text', {y: 15, 'text-anchor': 'middle'});
    letter.textContent = 'N';
    north.append(letter);
    this.ground.replaceChildren(svg('path', {class: 'grid', d: lines.join('')}),
        svg('path', {class: 'scale', d: `M16,${height - 19}v5h${length}v-5`}), text, north);
  }

  #drawCorridors() {
    const pairs = new Set(this.#scenario.corridors.map(({origin, destination}) =>
      [origin, destination].sort().join('\n')));
    const few = pairs.size <= MOST_CORRIDORS;
    set(this.corridors, {d: !few ? '' : [...pairs].map((pair) => this.#line(pair.split('\n')))
        .join('')});
  }

  #line(names) {
    const [a, b] = names.map((name) => this.#places.get(name));
    return a && b ? `M${a.x},${a.y}L${b.x},${b.y}` : '';
  }

  #showClosures(closures) {
    this.closures.replaceChildren(...closures
        .filter(({kind}) => kind === 'ADVISORY_KIND_CORRIDOR_CLOSED')
        .map(({vertiport, corridorEnd}) => svg('path', {d: this.#line([vertiport, corridorEnd])})));
  }

  #makeVertiport({name}) {
    const parts = {waiting: svg('circle', {class: 'waiting'}),
      track: svg('circle', {class: 'track', r: 11}), used: svg('path', {class: 'used'}),
      dot: svg('circle', {class: 'dot', r: 5}), label: svg('text', {class: 'label'}),
      note: svg('text', {class: 'note'})};
    parts.marker = svg('g', {}, parts.waiting, parts.track, parts.used, parts.dot);
    const element = svg('g', {tabindex: 0, role: 'img', 'data-vertiport': name}, parts.marker,
        parts.label, parts.note);
    let now = null;
    for (const on of ['pointerenter', 'focus'])
      element.addEventListener(on, () => this.#tip(this.#vertiportTip(now), element));
    for (const off of ['pointerleave', 'blur'])
      element.addEventListener(off, () => this.#tip(null, element));
    return {element, update: (vertiport) => {
      now = vertiport;
      this.#showVertiport(vertiport, element, parts);
    }};
  }

  #showVertiport(vertiport, element, parts) {
    const {name, waitingPassengers, onGround, stands, closed} = vertiport;
    const place = this.#places.get(name);
    const label = this.labels.get(name);
    set(element, {class: closed ? 'closed' : '', transform: `translate(${place.x},${place.y})`,
      'aria-label': [this.titleOf(name), ...vertiportFacts(vertiport)
          .map((fact) => fact.join(' '))].join(', ')});
    set(parts.marker, {transform: `scale(${this.size.toFixed(2)})`});
    set(parts.waiting, {r: bubbleOf(waitingPassengers)});
    set(parts.used, {d: arc(11, onGround / Math.max(1, stands))});
    const shown = {x: label ? label.x - place.x : 0, y: label ? label.y - place.y : 0,
      'text-anchor': label?.anchor, visibility: label ? undefined : 'hidden'};
    const waiting = waitingPassengers ? fixed(waitingPassengers) : '';
    set(parts.label, {...shown, y: shown.y + (this.roomy ? -1 : 4)});
    set(parts.note, {...shown, y: shown.y + 13});
    setText(parts.label, this.roomy ? name : `${name} ${waiting}`);
    setText(parts.note, !this.roomy ? '' : closed ? 'closed' : waiting && `${waiting} waiting`);
  }

  titleOf(name) {
    return this.#scenario?.vertiports.find((one) => one.name === name)?.title || name;
  }

  #vertiportTip(vertiport) {
    return [this.titleOf(vertiport.name), vertiportFacts(vertiport)];
  }

  // Shows [title, rows of name and value] beside an element of the map; null hides it.
  #tip(content, element) {
    this.tip.hidden = content === null;
    if (content === null) return;
    const [title, rows] = content;
    this.tip.replaceChildren(h('strong', {}, title), h('dl', {}, ...rows.flatMap(([name, value]) =>
      [h('dt', {}, name), h('dd', {}, value)])));
    const box = this.box.getBoundingClientRect();
    const at = element.getBoundingClientRect();
    const [x, y] = [(at.left + at.right) / 2 - box.left, at.top - box.top];
    const left = Math.min(Math.max(8, x - this.tip.offsetWidth / 2),
        box.width - this.tip.offsetWidth - 8);
    const above = y - this.tip.offsetHeight - 6;
    this.tip.style.transform = `translate(${left}px, ${above > 4 ? above :
      at.bottom - box.top + 6}px)`;
  }

  #showLegend({fleet, closures}) {
    const seen = new Set(fleet.aircraft.map(doingOf));
    const entries = [
      ...DOINGS.filter(({key, air}) => air && (key === 'flying' || seen.has(key)))
          .map((one) => ({...one, shape: 'arrow'})),
      {color: '--waiting', text: 'Waiting passengers', shape: 'round'},
      {color: '--text', text: 'Stands in use', shape: 'ring'},
      ...(closures.length ? [{color: '--out', text: 'Closed', shape: 'dashes'}] : [])];
    const key = entries.map(({text}) => text).join();
    if (this.legend.dataset.key === key) return;
    this.legend.dataset.key = key;
    this.legend.replaceChildren(legend(entries));
  }
}

// Radius in pixels: the area grows with the passengers, up to what leaves the neighbours visible.
const bubbleOf = (passengers) => (passengers ? 12 + Math.min(16, 1.7 * Math.sqrt(passengers)) : 0);

function vertiportFacts(one) {
  return [['Waiting passengers', fixed(one.waitingPassengers)],
    ['Stands in use', `${one.onGround} of ${one.stands}`],
    ['Chargers in use', `${one.charging} of ${one.chargers}`],
    ...(one.chargerQueue ? [['Waiting for a charger', fixed(one.chargerQueue)]] : []),
    ['On the way here', fixed(one.inbound)],
    ...(one.closed ? [['Closed', 'now']] : [])];
}

function aircraftTip(one) {
  const time = (ms) => (ms === undefined ? 'not known' : timeOfDay(Number(ms), false));
  return [one.name, [['', DOING[doingOf(one)].text],
    ['Way', `${one.vertiport} → ${one.target || one.destination}`],
    ['Passengers', fixed(one.passengers)], ['Take-off', time(one.takeOffMs)],
    ['Landing', time(one.landingMs)], ['Charge', percent(one.stateOfCharge)]]];
}
