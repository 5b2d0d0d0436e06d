import {axis, chart, color, grid, tip, tooltip} from './charts.js';
import {h, legend} from '@web/dom.js';
import {clock, fixed, percent, plural, usd} from '@web/format.js';
import {ACTIVITIES, valueAt} from './day.js';

const ARROW = 'path://M0,-11 L7,9 L0,5 L-7,9 Z';
const COLORS = Object.fromEntries(ACTIVITIES.map((one) => [one.key, one.color]));
const KINDS = {CLOSURE_KIND_CORRIDOR: 'corridor', CLOSURE_KIND_VERTIPORT: 'vertiport',
  CLOSURE_KIND_PADS: 'pads', CLOSURE_KIND_CHARGERS: 'chargers'};

// The map with its figures and the state of each vertiport, at the time of the player.
export function mapPanel(day, player) {
  const map = mapChart(day, player);
  const figures = liveFigures(day, player);
  const vertiports = vertiportTable(day, player);
  return h('div', {class: 'map-panel'},
      h('div', {class: 'card map-card'}, figures, map.box, legend([
        ...day.activities.filter(({air}) => air).map((one) => ({...one, shape: 'arrow'})),
        {color: '--waiting', text: 'Waiting passengers', shape: 'round'},
        ...(day.closures.length ? [{color: '--out', text: 'Closed'}] : []),
      ])),
      h('div', {class: 'card side-card'}, vertiports, closureList(day, player)));
}

function mapChart(day, player) {
  const map = chart({
    label: `Map of ${plural(day.vertiports.length, 'vertiport')} with the aircraft in the air. ` +
        'The table beside it has the same figures.',
    height: innerWidth < 600 ? 380 : 520,  // at least
    build: (width, height) => ({
      grid: grid({left: 0, right: 0, top: 0, bottom: 0}),
      tooltip: {...tooltip(), trigger: 'item'},
      ...mapAxes(day, width, height),
      series: [...fixedSeries(day, width, () => player.time), ...movingSeries(day, player.time)],
    }),
  });
  player.follow((time) => map.drawn?.setOption({series: movingSeries(day, time)},
      {lazyUpdate: true}));
  return map;
}

// Both axes with the same scale, whatever the shape of the box.
function mapAxes(day, width, height) {
  const {left, right, bottom, top} = day.extent;
  const [marginX, marginY] = [width < 500 ? 56 : 170, 40];
  const scale = Math.max((right - left) / (width - 2 * marginX),
      (top - bottom) / (height - 2 * marginY)) || 1;
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  const hidden = {show: false, type: 'value'};
  return {
    xAxis: {...axis(), ...hidden, min: x - scale * width / 2, max: x + scale * width / 2},
    yAxis: {...axis(), ...hidden, min: y - scale * height / 2, max: y + scale * height / 2},
  };
}

function fixedSeries(day, width, now) {
  const middle = (day.extent.left + day.extent.right) / 2;
  const place = (index) => [day.vertiports[index].xM, day.vertiports[index].yM];
  return [{
    type: 'lines', coordinateSystem: 'cartesian2d', silent: true, z: 1,
    lineStyle: {color: color('--corridor'), width: 1, opacity: 1},
    data: day.flownPairs().map(([a, b]) => ({coords: [place(a), place(b)]})),
  }, {
    type: 'scatter', z: 5, symbolSize: 10, symbol: 'circle',
    itemStyle: {color: color('--surface'), borderColor: color('--text'), borderWidth: 2},
    tooltip: {formatter: ({dataIndex}) => vertiportTip(day, dataIndex, now())},
    label: {show: true, distance: 13, color: color('--text'),
      fontSize: width < 500 ? 10 : 12, formatter: ({dataIndex}) => (width < 500 ?
        day.vertiports[dataIndex].name : day.nameOf(dataIndex)),
      textBorderColor: color('--surface'), textBorderWidth: 3},
    labelLayout: day.vertiports.length > 16 ? {hideOverlap: true} : {moveOverlap: 'shiftY'},
    data: day.vertiports.map(({xM}, index) =>
      // Names stand outside, where there are fewer corridors.
      ({value: place(index), label: {position: xM < middle ? 'left' : 'right'}})),
  }];
}

function movingSeries(day, time) {
  const closed = day.closuresAt(time);
  const of = (index) => [day.vertiports[index].xM, day.vertiports[index].yM];
  const air = day.airborneAt(time);
  return [{
    id: 'closed', type: 'lines', coordinateSystem: 'cartesian2d', silent: true, z: 2,
    lineStyle: {color: color('--out'), width: 2, type: 'dashed', opacity: 0.9},
    data: closed.filter(({kind}) => kind === 'CLOSURE_KIND_CORRIDOR')
        .map((one) => ({coords: [of(one.vertiport), of(one.corridorEnd)]})),
  }, {
    id: 'flights', type: 'lines', coordinateSystem: 'cartesian2d', silent: true, z: 3,
    data: air.filter(({segment}) => segment.from !== segment.to).map(({segment}) => ({
      coords: day.lane(segment.from, segment.to),
      lineStyle: {color: color(COLORS[segment.key]), width: 1.5, opacity: 0.35},
    })),
  }, {
    id: 'waiting', type: 'scatter', silent: true, z: 4,
    itemStyle: {color: color('--waiting'), opacity: 0.45},
    data: day.vertiports.map((_, index) => {
      const {waiting} = day.vertiportAt(index, time);
      return {value: of(index), symbolSize: waiting && 10 + 5 * Math.sqrt(waiting)};
    }),
  }, {
    id: 'closed-vertiports', type: 'scatter', silent: true, z: 4, symbolSize: 26,
    itemStyle: {color: 'transparent', borderColor: color('--out'), borderWidth: 4},
    data: closed.filter(({kind}) => kind === 'CLOSURE_KIND_VERTIPORT')
        .map(({vertiport}) => of(vertiport)),
  }, {
    id: 'aircraft', type: 'scatter', symbol: ARROW, symbolSize: [11, 15], z: 6,
    itemStyle: {borderColor: color('--surface'), borderWidth: 1, opacity: 1},
    tooltip: {formatter: ({data}) => aircraftTip(day, data)},
    data: air.map(({name, segment, x, y, heading}) => ({
      name, segment, value: [x, y], symbolRotate: heading - 90,
      itemStyle: {color: color(COLORS[segment.key])},
    })),
  }];
}

function aircraftTip(day, {name, segment}) {
  const way = segment.from === segment.to ? day.nameOf(segment.from) :
      `${day.nameOf(segment.from)} → ${day.nameOf(segment.to)}`;
  const rows = [['', way], ['Passengers', fixed(segment.passengers)],
    ['Take-off', clock(segment.startS)], ['Landing', clock(segment.endS)]];
  const charge = segment.startStateOfCharge;
  if (charge !== undefined) rows.push(['Charge at take-off', percent(charge)]);
  return tip(name, rows);
}

function vertiportTip(day, index, time) {
  const {waiting, onGround, charging, closed} = day.vertiportAt(index, time);
  const {stands, chargers} = day.vertiports[index];
  return tip(day.nameOf(index) + (closed ? ' (closed)' : ''), [
    ['Waiting passengers', fixed(waiting)], ['On the ground', `${onGround} of ${stands} stands`],
    ['Charging', `${charging} of ${chargers} chargers`]]);
}

function liveFigures(day, player) {
  const figures = {};
  const figure = (key, text) => h('div', {}, h('dt', {}, text),
      figures[key] = h('dd', {'data-live': key}));
  const list = h('dl', {class: 'live'}, figure('profit', 'Profit so far'),
      figure('air', 'In the air'), figure('waiting', 'Passengers waiting'),
      figure('served', 'Served'), figure('lost', 'Lost'));
  player.follow((time) => {
    figures.profit.textContent = usd(valueAt(day.trace.profitUsd, time));
    figures.air.textContent = fixed(day.airborneAt(time).length);
    figures.waiting.textContent = fixed(valueAt(day.waiting, time));
    figures.served.textContent = fixed(valueAt(day.trace.passengersServed, time));
    figures.lost.textContent = fixed(valueAt(day.trace.passengersLost, time));
  });
  return list;
}

function vertiportTable(day, player) {
  const rows = day.vertiports.map((one, index) => {
    const cells = {waiting: h('td', {class: 'number'}), stands: h('td', {class: 'number'}),
      chargers: h('td', {class: 'number'})};
    const row = h('tr', {}, h('th', {scope: 'row'}, day.nameOf(index)), ...Object.values(cells));
    return {row, cells, one};
  });
  player.follow((time) => rows.forEach(({row, cells, one}, index) => {
    const now = day.vertiportAt(index, time);
    row.classList.toggle('closed', now.closed);
    cells.waiting.textContent = fixed(now.waiting);
    cells.stands.textContent = `${now.onGround} / ${one.stands}`;
    cells.chargers.textContent = one.chargers ? `${now.charging} / ${one.chargers}` : '–';
  }));
  return h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Vertiports now'},
      h('table', {class: 'vertiports'},
          h('caption', {}, 'Vertiports now'),
          h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Vertiport'),
              ...['Waiting', 'Stands', 'Charging'].map((text) =>
                h('th', {scope: 'col', class: 'number'}, text)))),
          h('tbody', {}, ...rows.map(({row}) => row))));
}

function closureList(day, player) {
  const items = day.closures.map((one) => ({one, item: h('li', {},
      h('span', {class: 'what'}, closureText(day, one)),
      h('span', {class: 'when'}, `${clock(one.startS)}–${clock(one.endS)}`))}));
  player.follow((time) => items.forEach(({one, item}) =>
    item.classList.toggle('active', one.startS <= time && time < one.endS)));
  return h('div', {class: 'closures'}, h('h3', {}, 'Closures of the day'),
      items.length ? h('ul', {}, ...items.map(({item}) => item)) : h('p', {}, 'None.'));
}

function closureText(day, {kind, vertiport, corridorEnd}) {
  if (kind === 'CLOSURE_KIND_CORRIDOR')
    return `${day.nameOf(vertiport)} – ${day.nameOf(corridorEnd)}`;
  const what = KINDS[kind];
  return day.nameOf(vertiport) + (what === 'vertiport' ? '' : `, ${what}`);
}
