import {axis, chart, color, dayAxis, followTime, grid, tip, tooltip} from './charts.js';
import {meanOver} from './day.js';
import {choice, h} from '@web/dom.js';
import {clock, fixed, percent} from '@web/format.js';

const BIN_S = 600;

// What can be used up at a vertiport.
const USES = {
  stands: {text: 'Stands', what: 'stands', of: (one) => one.aircraftOnGround,
    capacity: (one) => one.stands},
  chargers: {text: 'Chargers', what: 'chargers', of: (one) => one.aircraftCharging,
    capacity: (one) => one.chargers},
  waiting: {text: 'Waiting passengers', of: (one) => one.waitingPassengers},
};

// How full each vertiport is, over the day: one row per vertiport, one cell per ten minutes.
export function usePanel(day, player) {
  let use = USES.stands;
  const edges = {left: 148, right: 14, top: 4, bottom: 60};
  if (innerWidth < 600 || day.vertiports.every((one) => one.title === '')) edges.left = 48;
  const map = chart({
    label: 'Use of stands, chargers, or waiting passengers per vertiport over the day',
    height: day.vertiports.length * (day.vertiports.length > 20 ? 16 : 28) + 64,
    build: (width) => heatmap(day, use, width, edges),
    redrawn: () => place(),
  });
  const place = followTime(map, player, edges);
  const choose = (key) => {
    use = USES[key];
    map.draw();
  };
  const texts = Object.fromEntries(Object.entries(USES).map(([key, {text}]) => [key, text]));
  return h('div', {class: 'card'}, choice('What is shown', texts, 'stands', choose), map.box);
}

function heatmap(day, use, width, edges) {
  const cells = cellsOf(day, use);
  const most = use.capacity ? 1 : Math.max(1, ...cells.map(([, , , share]) => share));
  const short = edges.left < 100;
  return {
    grid: grid(edges),
    tooltip: {...tooltip(), trigger: 'item', formatter: ({data}) => cellTip(day, use, data)},
    xAxis: dayAxis(day, width),
    yAxis: axis({type: 'category', inverse: true, splitLine: {show: false},
      data: day.vertiports.map((one, index) => (short ? one.name : day.nameOf(index))),
      axisLabel: {width: edges.left - 10, overflow: 'truncate', interval: 0, fontSize: 11}}),
    visualMap: {type: 'continuous', min: 0, max: most, orient: 'horizontal', left: 'center',
      bottom: 0, itemWidth: 10, itemHeight: 160, calculable: false, dimension: 3,
      text: use.capacity ? ['all in use', 'none'] : [`${fixed(most)} passengers`, '0'],
      textStyle: {color: color('--muted')},
      inRange: {color: [color('--heat-0'), color('--heat-1'), color('--heat-2')]}},
    series: [{type: 'custom', clip: true, renderItem: cellShape, encode: {x: [0, 1], y: 2},
      data: cells}],
  };
}

function cellShape(params, api) {
  const [left, y] = api.coord([api.value(0), api.value(2)]);
  const [right] = api.coord([api.value(1), api.value(2)]);
  const height = api.size([0, 1])[1] - 1;
  return {type: 'rect', style: {fill: api.visual('color')},
    shape: {x: left, y: y - height / 2, width: Math.max(1, right - left - 1), height}};
}

// [begin, end, row, share of what there is (or passengers), mean number].
function cellsOf(day, use) {
  const cells = [];
  day.vertiports.forEach((one, row) => {
    if (use.capacity && use.capacity(one) === 0) return;
    for (let from = day.start; from < day.end; from += BIN_S) {
      const to = Math.min(from + BIN_S, day.end);
      const mean = meanOver(use.of(one), from, to);
      cells.push([from, to, row, use.capacity ? mean / use.capacity(one) : mean, mean]);
    }
  });
  return cells;
}

function cellTip(day, use, [from, to, row, share, mean]) {
  const one = day.vertiports[row];
  const value = use.capacity ?
    `${fixed(mean, 1)} of ${use.capacity(one)} ${use.what} (${percent(share)})` :
    `${fixed(mean, 1)} passengers`;
  return tip(day.nameOf(row), [['', `${clock(from)}–${clock(to)}, mean`], ['', value]]);
}
