import {axis, chart, color, grid, tip, tooltip} from './charts.js';
import {h, section} from '@web/dom.js';
import {fixed, minutes, percent, plural, signedUsd, usd} from '@web/format.js';

const meanOf = (days, key) => days.reduce((sum, day) => sum + day[key], 0) / days.length;

// One figure with what explains it. `data-value` has it unrounded.
function figure(key, name, value, text, note) {
  return h('div', {class: 'figure', 'data-figure': key, 'data-value': value},
      h('dt', {}, name), h('dd', {}, text, h('small', {}, note)));
}

// The figures of simulated days: of the one day, or means.
export function summaryView({days}) {
  const mean = (key) => meanOf(days, key);
  const count = (key) => fixed(mean(key), days.length > 1 && mean(key) < 100 ? 1 : 0);
  const profit = mean('profitUsd');
  const requested = mean('passengersRequested');
  const lowest = Math.min(...days.map((day) => day.minStateOfChargeAtLanding));
  const violations = days.reduce((sum, day) => sum + day.guardViolations, 0);
  const figures = h('dl', {class: 'figures'},
      figure('profitUsd', 'Profit', profit, usd(profit), `${usd(mean('revenueUsd'))} fares, ` +
          `${usd(mean('operatingCostUsd'))} operations, ${usd(mean('energyCostUsd'))} electricity`),
      figure('passengersServed', 'Passengers served', mean('passengersServed'),
          count('passengersServed'), `of ${count('passengersRequested')}, ` +
          percent(requested ? mean('passengersServed') / requested : 0)),
      figure('meanWaitS', 'Mean wait', mean('meanWaitS'), minutes(mean('meanWaitS')),
          days.length > 1 ? 'of passengers served' : `95 % within ${minutes(mean('p95WaitS'))}`),
      figure('flights', 'Flights', mean('flights'), count('flights'),
          `${count('repositionFlights')} of them empty`),
      figure('loadFactor', 'Seats filled', mean('loadFactor'), percent(mean('loadFactor')),
          'of all seats flown'),
      figure('energyKwh', 'Electricity', mean('energyKwh'), `${fixed(mean('energyKwh'))} kWh`,
          'drawn from chargers'),
      figure('minStateOfChargeAtLanding', 'Lowest charge', lowest, percent(lowest), 'at a landing'),
      figure('guardViolations', 'Rules broken', violations, fixed(violations),
          `${count('decisions')} decisions checked`));
  return section('summary', 'Summary',
      days.length > 1 ? `Means of ${plural(days.length, 'day')}.` : 'What did the day bring?',
      figures);
}

const COLUMNS = [
  ['seed', 'Seed', (day) => day.seed],
  ['profitUsd', 'Profit', (day) => usd(day.profitUsd)],
  ['revenueUsd', 'Fares', (day) => usd(day.revenueUsd)],
  ['flights', 'Flights', (day) => fixed(day.flights)],
  ['passengersRequested', 'Passengers', (day) => fixed(day.passengersRequested)],
  ['passengersServed', 'Served', (day) => fixed(day.passengersServed)],
  ['meanWaitS', 'Mean wait', (day) => minutes(day.meanWaitS)],
  ['loadFactor', 'Seats filled', (day) => percent(day.loadFactor)],
  ['closuresMet', 'Closures met', (day) => fixed(day.closuresMet)],
];

// Several simulated days side by side.
export function daysView({days}) {
  const table = h('table', {},
      h('thead', {}, h('tr', {}, ...COLUMNS.map(([, text]) =>
        h('th', {scope: 'col', class: 'number'}, text)))),
      h('tbody', {}, ...days.map((day) => h('tr', {}, ...COLUMNS.map(([key, , text]) =>
        h('td', {class: 'number', 'data-figure': key}, text(day)))))));
  return section('days', 'Day by day', 'How much does the result differ from day to day?',
      h('div', {class: 'card'}, profitOfDays(days).box,
          h('details', {}, h('summary', {}, 'All days as a table'),
              h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'All days'},
                  table))));
}

function profitOfDays(days) {
  const mean = meanOf(days, 'profitUsd');
  return chart({
    label: `Profit of ${plural(days.length, 'day')}; mean ${usd(mean)}`,
    height: 240,
    build: () => ({
      grid: grid({left: 60, right: 14, top: 28, bottom: 40}),
      tooltip: {...tooltip(), trigger: 'item', formatter: ({dataIndex}) => tip(
          `Seed ${days[dataIndex].seed}`, [['Profit', usd(days[dataIndex].profitUsd)],
            ['Against the mean', signedUsd(days[dataIndex].profitUsd - mean)]])},
      xAxis: axis({type: 'category', data: days.map((day) => day.seed), name: 'Seed',
        nameLocation: 'middle', nameGap: 24, splitLine: {show: false}}),
      yAxis: axis({type: 'value', scale: true, name: 'Profit, USD', splitNumber: 4,
        axisLabel: {formatter: (value) => usd(value)}}),
      series: [{type: 'scatter', symbolSize: days.length > 60 ? 6 : 9,
        itemStyle: {color: color('--profit')}, data: days.map((day) => day.profitUsd),
        markLine: {silent: true, symbol: 'none', data: [{yAxis: mean}],
          lineStyle: {color: color('--muted'), type: 'dashed'},
          label: {formatter: `mean ${usd(mean)}`, color: color('--muted'),
            position: 'insideEndTop'}}}],
    }),
  });
}
