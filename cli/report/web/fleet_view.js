import {axis, chart, color, dayAxis, followTime, grid, tip, tooltip} from './charts.js';
import {ACTIVITIES} from './day.js';
import {h, legend} from '@web/dom.js';
import {clock, fixed, percent, plural} from '@web/format.js';

const BIN_S = 300;
const ROWS_SHOWN = 60;  // more aircraft scroll

// How many aircraft do what, over the day.
export function fleetPanel(day, player) {
  const activities = day.activities;
  const counts = day.meanCounts(BIN_S);
  // A mean stands in the middle of its bin, but for the outer ones, which reach the edges.
  const last = counts.length - 1;
  const times = counts.map((_, bin) => (bin === 0 ? day.start : bin === last ? day.end :
    day.start + (bin + 0.5) * BIN_S));
  const edges = {left: 40, right: 14, top: 28, bottom: 24};
  const area = chart({
    label: 'How many aircraft fly, wait, charge or are parked over the day',
    height: 260,
    build: (width) => ({
      grid: grid(edges),
      tooltip: {...tooltip(), trigger: 'axis', formatter: ([{dataIndex}]) => tip(
          `${clock(times[dataIndex])}, mean of 5 min`,
          activities.map(({key, text}) => [text, fixed(counts[dataIndex][key], 1)]))},
      xAxis: dayAxis(day, width),
      yAxis: axis({type: 'value', max: day.aircraft.length, name: 'Aircraft'}),
      series: activities.map((one) => ({
        type: 'line', stack: 'fleet', symbol: 'none', silent: true,
        lineStyle: {width: 0}, areaStyle: {color: color(one.color), opacity: 1},
        emphasis: {disabled: true},
        data: counts.map((count, bin) => [times[bin], count[one.key]]),
      })),
    }),
    redrawn: () => place(),
  });
  const place = followTime(area, player, edges);
  return h('div', {class: 'card'}, legend(activities), area.box);
}

// Every aircraft's day as a row of coloured stretches.
export function ganttPanel(day, player) {
  const activities = day.activities;
  const scrolls = day.aircraft.length > ROWS_SHOWN;
  const rows = Math.min(day.aircraft.length, ROWS_SHOWN);
  const edges = {left: 48, right: scrolls ? 34 : 14, top: 4, bottom: 24};
  const gantt = chart({
    label: `The day of ${day.aircraft.length} aircraft, activity by activity`,
    height: rows * 15 + 40,
    build: (width) => ({
      grid: grid(edges),
      tooltip: {...tooltip(), trigger: 'item',
        formatter: ({data}) => segmentTip(day, data)},
      xAxis: dayAxis(day, width),
      yAxis: {...axis({type: 'category', inverse: true, axisLabel: {fontSize: 10, interval: 0}}),
        splitLine: {show: false}, data: day.aircraft.map(({name}) => name)},
      dataZoom: scrolls ? scrollBar() : [],
      series: activities.map((one) => ({
        type: 'custom', name: one.text, clip: true, encode: {x: [1, 2], y: 0},
        renderItem: stretch, itemStyle: {color: color(one.color)},
        data: segmentsOf(day, one.key),
      })),
    }),
    redrawn: () => place(),
  });
  const place = followTime(gantt, player, edges);
  return h('div', {class: 'card'}, legend(activities), gantt.box);
}

// Not the wheel: that scrolls the page.
function scrollBar() {
  return [{type: 'slider', width: 14, right: 4, showDetail: false, yAxisIndex: 0, startValue: 0,
    endValue: ROWS_SHOWN - 1, zoomLock: true, brushSelect: false}];
}

function segmentsOf(day, key) {
  return day.aircraft.flatMap(({segments}, row) => segments
      .filter((segment) => segment.key === key && segment.endS > day.start)
      .map((segment) => ({segment,
        value: [row, Math.max(day.start, segment.startS), segment.endS]})));
}

function stretch(params, api) {
  const [left, y] = api.coord([api.value(1), api.value(0)]);
  const [right] = api.coord([api.value(2), api.value(0)]);
  const height = Math.max(3, api.size([0, 1])[1] - 3);
  return {type: 'rect', style: {fill: api.visual('color')},
    shape: {x: left, y: y - height / 2, width: Math.max(0.5, right - left), height}};
}

function segmentTip(day, {value: [row], segment}) {
  const {key, from, to, startS, endS, passengers, startStateOfCharge, endStateOfCharge} = segment;
  const rows = [['', from === to ? day.nameOf(from) : `${day.nameOf(from)} → ${day.nameOf(to)}`],
    ['', `${clock(startS)}–${clock(endS)}, ${fixed((endS - startS) / 60)} min`]];
  if (passengers) rows.push(['', plural(passengers, 'passenger')]);
  if (startStateOfCharge !== undefined && endStateOfCharge !== undefined)
    rows.push(['Charge', `${percent(startStateOfCharge)} → ${percent(endStateOfCharge)}`]);
  const {text} = ACTIVITIES.find((one) => one.key === key);
  return tip(`${day.aircraft[row].name}: ${text.toLowerCase()}`, rows);
}
