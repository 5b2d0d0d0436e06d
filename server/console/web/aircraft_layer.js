import {Rows} from './rows.js';
import {set, svg} from './svg.js';
import {DOING, doingOf} from './words.js';

const ARROW = 'M0,-9 L6,7.5 L0,4.2 L-6,7.5 Z';
const LANE_PX = 4;  // traffic keeps right, so that both directions can be told apart

// The aircraft in the air, each an arrow on the line of its flight.
export class AircraftLayer {
  #flights = [];

  // `hover(aircraft or null, x, y)` is told what the pointer is on.
  constructor(hover) {
    this.lines = svg('g', {class: 'flights'});
    this.arrows = svg('g', {class: 'aircraft'});
    this.rows = new Rows(this.arrows, ({name}) => name, (flight) => this.#make(flight, hover));
  }

  // `places` gives pixels of a vertiport's name; `selected` names an aircraft, which is on top.
  show(fleet, places, selected) {
    this.#flights = flightsOf(fleet, places)
        .map((flight) => ({...flight, selected: flight.name === selected}))
        .sort((a, b) => a.selected - b.selected);
    this.rows.show(this.#flights);
    this.lines.replaceChildren(...this.#flights.filter(({length}) => length > 0).map((flight) =>
      svg('path', {class: `line-${flight.key}`,
        d: `M${flight.from.x},${flight.from.y}L${flight.to.x},${flight.to.y}`})));
  }

  move(time, size) {
    for (const flight of this.#flights) {
      const {x, y, heading} = positionAt(flight, time);
      set(flight.element, {transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`});
      set(flight.arrow,
          {transform: `rotate(${heading.toFixed(0)}) scale(${size.toFixed(2)})`});
    }
  }

  #make({name}, hover) {
    const halo = svg('circle', {class: 'halo', r: 15});
    const arrow = svg('path', {d: ARROW});
    const label = svg('text', {class: 'aircraft-label', x: 13, y: 4});
    label.textContent = name;
    const element = svg('g', {'data-aircraft': name}, halo, arrow, label);
    let shown = null;
    element.addEventListener('pointerenter', () => hover(shown.aircraft, element));
    element.addEventListener('pointerleave', () => hover(null, element));
    return {element, update: (flight) => {
      shown = flight;
      Object.assign(flight, {element, arrow});
      set(element, {class: `${flight.key}${flight.selected ? ' selected' : ''}`});
    }};
  }
}

function flightsOf(fleet, places) {
  const holding = new Map();  // how many at each vertiport: they are shown side by side
  const flights = [];
  for (const aircraft of fleet) {
    const key = doingOf(aircraft);
    const goal = places.get(aircraft.target || aircraft.destination);
    const start = places.get(aircraft.vertiport);
    if (!DOING[key]?.air || !goal || !start) continue;
    const flight = {name: aircraft.name, aircraft, key, ...lane(start, goal),
      takeOff: Number(aircraft.takeOffMs ?? NaN), landing: Number(aircraft.landingMs ?? NaN)};
    if (key === 'holding') {
      flight.rank = holding.get(aircraft.target) ?? 0;
      holding.set(aircraft.target, flight.rank + 1);
    }
    flights.push(flight);
  }
  return flights;
}

function lane(start, goal) {
  const [dx, dy] = [goal.x - start.x, goal.y - start.y];
  const length = Math.hypot(dx, dy);
  const [ox, oy] = length ? [-LANE_PX * dy / length, LANE_PX * dx / length] : [0, 0];
  return {from: {x: start.x + ox, y: start.y + oy}, to: {x: goal.x + ox, y: goal.y + oy}, length};
}

function positionAt({from, to, key, rank, takeOff, landing}, time) {
  if (key === 'holding') return {x: to.x + 16 * (rank + 1), y: to.y - 20, heading: 90};
  // A landing that is not known yet: it has been on its way and waits near the end.
  const part = Number.isFinite(takeOff + landing) && landing > takeOff ?
    Math.min(1, Math.max(0, (time - takeOff) / (landing - takeOff))) : 0.95;
  return {x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y),
    heading: Math.atan2(to.x - from.x, from.y - to.y) * 180 / Math.PI};
}
