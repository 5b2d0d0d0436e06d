// A day's trace (DayTrace of the API) with the questions that pictures ask of it.

// What an aircraft can be seen doing: the activities of the API, and flights without passengers.
export const ACTIVITIES = [
  {key: 'flying', text: 'Flying with passengers', color: '--flying', air: true},
  {key: 'empty', text: 'Flying empty', color: '--empty', air: true},
  {key: 'holding', text: 'Holding in the air', color: '--holding', air: true},
  {key: 'departing', text: 'Waiting for take-off', color: '--departing'},
  {key: 'turnaround', text: 'Turnaround', color: '--turnaround'},
  {key: 'charging', text: 'Charging', color: '--charging'},
  {key: 'parked', text: 'Parked', color: '--parked'},
  {key: 'out', text: 'Out of service', color: '--out'},
];
const AIR = ACTIVITIES.filter(({air}) => air).map(({key}) => key);
const KEYS = {PARKED: 'parked', TURNAROUND: 'turnaround', CHARGING: 'charging',
  DEPARTING: 'departing', HOLDING: 'holding', OUT_OF_SERVICE: 'out'};

function keyOf(segment) {
  const name = segment.activity.replace('AIRCRAFT_ACTIVITY_', '');
  return KEYS[name] ?? (segment.passengers > 0 ? 'flying' : 'empty');
}

// Index of the last entry that is not above `wanted`; -1 if all are.
function lastNotAbove(count, at, wanted) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// The value of a StepSeries at a time.
export function valueAt(series, time) {
  const index = lastNotAbove(series.atS.length, (k) => series.atS[k], time);
  return index < 0 ? 0 : series.value[index];
}

// Mean of a StepSeries over [from, to).
export function meanOver(series, from, to) {
  let index = lastNotAbove(series.atS.length, (k) => series.atS[k], from);
  let sum = 0;
  for (let at = from; at < to; ++index) {
    const next = Math.min(series.atS[index + 1] ?? to, to);
    sum += (index < 0 ? 0 : series.value[index]) * (next - at);
    at = next;
  }
  return sum / (to - from);
}

// The sum of StepSeries, as one.
export function sumOf(list) {
  const changes = new Map();
  for (const series of list) {
    series.atS.forEach((at, k) => {
      const change = series.value[k] - (k > 0 ? series.value[k - 1] : 0);
      changes.set(at, (changes.get(at) ?? 0) + change);
    });
  }
  const atS = [...changes.keys()].sort((a, b) => a - b);
  let sum = 0;
  return {atS, value: atS.map((at) => sum += changes.get(at))};
}

// Closures in order, those that continue another as one with it: fog is announced hour by hour.
function merged(closures) {
  const lasting = new Map();
  const all = [];
  for (const one of [...closures].sort((a, b) => a.startS - b.startS)) {
    const key = [one.kind, one.vertiport, one.corridorEnd].join();
    const before = lasting.get(key);
    if (before && one.startS <= before.endS) {
      before.endS = Math.max(before.endS, one.endS);
    } else {
      lasting.set(key, {...one});
      all.push(lasting.get(key));
    }
  }
  return all;
}

export class Day {
  constructor(trace) {
    this.trace = trace;
    this.start = trace.openS;
    // The slider moves by minutes and must reach the end.
    this.end = this.start + 60 * Math.ceil((Math.max(trace.endS, trace.closeS) - this.start) / 60);
    this.vertiports = trace.vertiports;
    this.aircraft = trace.aircraft.map(({name, segments}) => ({
      name,
      segments: segments.map((one) => ({...one, key: keyOf(one)})),
    }));
    this.closures = merged(trace.closures);
    this.waiting = sumOf(trace.vertiports.map((one) => one.waitingPassengers));
    this.#measureLanes();
  }

  nameOf(vertiport) {
    const {name, title} = this.vertiports[vertiport];
    return title || name;
  }

  segmentAt(aircraft, time) {
    const list = aircraft.segments;
    return list[Math.max(0, lastNotAbove(list.length, (k) => list[k].startS, time))];
  }

  // Where every aircraft in the air is.
  airborneAt(time) {
    const found = [];
    const holding = new Map();  // how many at each vertiport: they are shown side by side
    for (const aircraft of this.aircraft) {
      const segment = this.segmentAt(aircraft, time);
      // The last flight of the day ends with the day.
      const isAir = segment && AIR.includes(segment.key) && time < segment.endS;
      if (!isAir) continue;
      const rank = holding.get(segment.from) ?? 0;
      if (segment.key === 'holding') holding.set(segment.from, rank + 1);
      found.push({name: aircraft.name, segment, ...this.#placeOf(segment, time, rank)});
    }
    return found;
  }

  // The activities that occur, in the order of ACTIVITIES.
  get activities() {
    return ACTIVITIES.filter(({key}) =>
      this.aircraft.some(({segments}) => segments.some((one) => one.key === key)));
  }

  // How many aircraft do what, as means over bins of `bin` seconds.
  meanCounts(bin) {
    const counts = Array.from({length: Math.ceil((this.end - this.start) / bin)},
        () => Object.fromEntries(ACTIVITIES.map(({key}) => [key, 0])));
    for (const {key, startS, endS} of this.aircraft.flatMap(({segments}) => segments)) {
      for (let at = Math.max(startS, this.start); at < endS;) {
        const index = Math.floor((at - this.start) / bin);
        const binStart = this.start + index * bin;
        const next = Math.min(endS, binStart + bin);
        const length = Math.min(bin, this.trace.endS - binStart);  // the last one is shorter
        counts[index][key] += (next - at) / length;
        at = next;
      }
    }
    return counts;
  }

  vertiportAt(index, time) {
    const vertiport = this.vertiports[index];
    return {
      waiting: valueAt(vertiport.waitingPassengers, time),
      onGround: valueAt(vertiport.aircraftOnGround, time),
      charging: valueAt(vertiport.aircraftCharging, time),
      closed: this.closuresAt(time).some((one) =>
        one.kind === 'CLOSURE_KIND_VERTIPORT' && one.vertiport === index),
    };
  }

  closuresAt(time) {
    return this.closures.filter((one) => one.startS <= time && time < one.endS);
  }

  // The moment with most aircraft in the air: a good first picture.
  busiest() {
    const step = 300;
    let best = this.start;
    let most = -1;
    for (let time = this.start; time < this.trace.closeS; time += step) {
      const count = this.airborneAt(time).length;
      if (count > most) [most, best] = [count, time];
    }
    return best;
  }

  // The pairs of vertiports with flights, each once.
  flownPairs() {
    const pairs = new Map();
    for (const {segments} of this.aircraft) {
      for (const {from, to, key} of segments) {
        if (from === to || (key !== 'flying' && key !== 'empty')) continue;
        const pair = [Math.min(from, to), Math.max(from, to)];
        pairs.set(pair.join(), pair);
      }
    }
    return [...pairs.values()];
  }

  // Traffic keeps right, so that both directions of a corridor can be told apart.
  lane(from, to) {
    const a = this.vertiports[from];
    const b = this.vertiports[to];
    const [dx, dy] = [b.xM - a.xM, b.yM - a.yM];
    const length = Math.hypot(dx, dy) || 1;
    const [ox, oy] = [this.laneOffset * dy / length, -this.laneOffset * dx / length];
    return [[a.xM + ox, a.yM + oy], [b.xM + ox, b.yM + oy]];
  }

  #measureLanes() {
    const xs = this.vertiports.map((one) => one.xM);
    const ys = this.vertiports.map((one) => one.yM);
    this.extent = {left: Math.min(...xs), right: Math.max(...xs),
      bottom: Math.min(...ys), top: Math.max(...ys)};
    const {left, right, bottom, top} = this.extent;
    this.laneOffset = 0.006 * Math.max(right - left, top - bottom);
  }

  #placeOf(segment, time, rank) {
    if (segment.key === 'holding') {
      const {xM, yM} = this.vertiports[segment.from];
      return {x: xM + 3 * rank * this.laneOffset, y: yM + 4 * this.laneOffset, heading: 90};
    }
    const [[ax, ay], [bx, by]] = this.lane(segment.from, segment.to);
    const part = Math.min(1, Math.max(0,
        (time - segment.startS) / (segment.endS - segment.startS)));
    return {x: ax + part * (bx - ax), y: ay + part * (by - ay),
      heading: Math.atan2(by - ay, bx - ax) * 180 / Math.PI};
  }
}
