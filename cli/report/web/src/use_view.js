import {axis, chart, color, followTime, tip, tooltip} from './charts.js';
import {meanOver} from './day.js';
import {choice, h} from './dom.js';
import {clock, fixed, percent} from './format.js';

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
  const height = Math.min(900, day.vertiports.length * 30 + 76);
  const map = chart({
    label: 'Use of stands, chargers, or waiting passengers per vertiport over the day',
    height,
    build: (width) => heatmap(day, use, width),
    redrawn: () => place(),
  });
  const place = followTime(map, {
    // The axis of cells counts cells.
    follow: (listener) => player.follow((time) => listener((time - day.start) / BIN_S)),
    seek: (cell) => player.seek(day.start + (cell + 0.5) * BIN_S),
    get time() { return (player.time - day.start) / BIN_S; },
  });
  const choose = (key) => {
    use = USES[key];
    map.draw();
  };
  const texts = Object.fromEntries(Object.entries(USES).map(([key, {text}]) => [key, text]));
  return h('div', {class: 'card'}, choice('What is shown', texts, 'stands', choose), map.box);
}

function heatmap(day, use, width) {
  const cells = cellsOf(day, use);
  const most = use.capacity ? 1 : Math.max(1, ...cells.map(({value}) => value[2]));
  const bins = Math.ceil((day.end - day.start) / BIN_S);
  const hours = width < 600 ? 3 : 1;
  return {
    grid: {left: width < 600 ? 78 : 150, right: 12, top: 4, bottom: 60},
    tooltip: {...tooltip(), trigger: 'item', formatter: ({data}) => cellTip(day, use, data.value)},
    xAxis: axis({type: 'category', data: Array.from({length: bins}, (_, k) => k),
      axisLabel: {interval: (k) => (day.start + k * BIN_S) % (hours * 3600) === 0,
        align: 'left', formatter: (k) => clock(day.start + k * BIN_S)}}),
    yAxis: axis({type: 'category', inverse: true,
      data: day.vertiports.map((_, index) => day.nameOf(index)),
      axisLabel: {width: width < 600 ? 70 : 140, overflow: 'truncate', interval: 0}}),
    visualMap: {type: 'continuous', min: 0, max: most, orient: 'horizontal', left: 'center',
      bottom: 0, itemWidth: 10, itemHeight: 160, calculable: false, dimension: 2,
      text: use.capacity ? ['all in use', 'none'] : [`${fixed(most)} passengers`, '0'],
      textStyle: {color: color('--muted')},
      inRange: {color: [color('--heat-0'), color('--heat-1'), color('--heat-2')]}},
    series: [{type: 'heatmap', data: cells, emphasis: {disabled: true},
      itemStyle: {borderColor: color('--surface'), borderWidth: 1}}],
  };
}

function cellsOf(day, use) {
  const cells = [];
  day.vertiports.forEach((one, row) => {
    if (use.capacity && use.capacity(one) === 0) return;
    for (let cell = 0, from = day.start; from < day.end; ++cell, from += BIN_S) {
      const mean = meanOver(use.of(one), from, Math.min(from + BIN_S, day.end));
      cells.push({value: [cell, row, use.capacity ? mean / use.capacity(one) : mean, mean]});
    }
  });
  return cells;
}

function cellTip(day, use, [cell, row, share, mean]) {
  const from = day.start + cell * BIN_S;
  const one = day.vertiports[row];
  const value = use.capacity ?
    `${fixed(mean, 1)} of ${use.capacity(one)} ${use.what} (${percent(share)})` :
    `${fixed(mean, 1)} passengers`;
  return tip(day.nameOf(row), [['', `${clock(from)}–${clock(Math.min(from + BIN_S, day.end))}, mean`],
    ['', value]]);
}
