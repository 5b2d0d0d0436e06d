import {axis, chart, color, grid, tip, tooltip} from './charts.js';
import {choice, h, legend, section, select} from './dom.js';
import {fixed, minutes, percent, plural, shortTime, signedUsd, usd} from './format.js';

const COLORS = 8;  // of policies, in the style sheet
const colorOf = (index) => `--policy-${index % COLORS}`;

// An evaluation: policies on the same days.
export function evaluationView(evaluation) {
  const several = evaluation.policies.length > 1;
  return [
    section('policies', 'Policies', 'Which policy earns most, and what does it cost?',
        h('div', {class: 'card'}, meansChart(evaluation).box, policyTable(evaluation))),
    ...(several ? [section('pairs', 'Paired differences',
        'Is the difference more than luck? Same days, policy against policy.',
        h('div', {class: 'card'}, pairsChart(evaluation).box, pairTable(evaluation)))] : []),
    section('perday', 'Day by day', 'Does a policy win everywhere, or on some days only?',
        perDayPanel(evaluation)),
    ...(several ? [section('paired', 'Two policies, day against day',
        'Above the line, the second policy earned more.', pairedPanel(evaluation))] : []),
  ];
}

// The best value of a column stands out; `sign` is 1 if more is better.
function bestOf(policies, key, sign) {
  const values = policies.map((one) => one[key]).filter((value) => value !== undefined);
  return values.length > 1 ? Math.max(...values.map((value) => sign * value)) * sign : undefined;
}

function policyTable({policies, boundUsd}) {
  const columns = [
    ['meanProfitUsd', 'Mean profit', usd, 1],
    ['ci', '95 % interval', (value) => value],
    ['worstDecileProfitUsd', 'Worst tenth of days', usd, 1],
    ...(boundUsd.length ? [['meanGap', 'Gap to bound', (value) => percent(value, 1), -1]] : []),
    ['unservedShare', 'Requests lost', (value) => percent(value, 1), -1],
    ['meanWaitS', 'Mean wait', minutes, -1],
    ['meanLoadFactor', 'Seats filled', percent, 1],
    ['meanDecisionS', 'Time per decision', shortTime, -1],
    ['longestDecisionS', 'Longest', shortTime, -1],
  ];
  const rows = policies.map((one) => ({...one, ci: one.ci95LowUsd === undefined ? undefined :
    `${usd(one.ci95LowUsd)} to ${usd(one.ci95HighUsd)}`}));
  return table('Policies over all days', ['Policy', ...columns.map(([, text]) => text)],
      rows.map((row, index) => [
        h('th', {scope: 'row'}, h('span', {class: 'swatch', style: `--swatch: var(${colorOf(index)})`,
          'aria-hidden': 'true'}), row.name),
        ...columns.map(([key, , text, sign]) => h('td', {
          class: `number${sign && row[key] === bestOf(rows, key, sign) ? ' best' : ''}`,
          'data-figure': key, 'data-policy': row.name, 'data-value': row[key],
        }, row[key] === undefined ? '–' : text(row[key])))]));
}

function pairTable({pairs, intervalMethod, protocol}) {
  const columns = ['Pair', 'Mean difference', '95 % interval', 'Days won', 'Days lost', 'Effect size'];
  return h('div', {}, table('Paired differences', columns, pairs.map((pair) => [
    h('th', {scope: 'row'}, `${pair.a} − ${pair.b}`),
    h('td', {class: 'number', 'data-figure': 'meanDifferenceUsd', 'data-pair': `${pair.a} ${pair.b}`,
      'data-value': pair.meanDifferenceUsd}, signedUsd(pair.meanDifferenceUsd)),
    ...[pair.ci95LowUsd === undefined ? '–' :
      `${signedUsd(pair.ci95LowUsd)} to ${signedUsd(pair.ci95HighUsd)}`,
    fixed(pair.daysABetter), fixed(pair.daysBBetter),
    pair.effectSize === undefined ? '–' : fixed(pair.effectSize, 2)]
        .map((text) => h('td', {class: 'number'}, text))])),
  h('p', {class: 'note'}, `Differences of the daily profit over ${plural(protocol.days, 'day')}. ` +
      `Intervals: ${intervalMethod}. Effect size: mean difference ÷ its standard deviation.`));
}

function table(caption, columns, rows) {
  return h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
      h('table', {}, h('caption', {class: 'hidden'}, caption),
          h('thead', {}, h('tr', {}, ...columns.map((text, index) =>
            h('th', {scope: 'col', class: index ? 'number' : ''}, text)))),
          h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells)))));
}

// A dot with its interval per row; `rows` are {name, value, low, high, color, rows of the tip}.
function intervalChart(label, rows, xName, marks = []) {
  return chart({
    label, height: rows.length * 34 + 60,
    build: (width) => ({
      grid: grid({left: width < 600 ? 96 : 150, right: 24, top: 8, bottom: 44}),
      tooltip: {...tooltip(), trigger: 'item',
        formatter: ({dataIndex}) => tip(rows[dataIndex].name, rows[dataIndex].tip)},
      xAxis: axis({type: 'value', scale: true, name: xName, nameLocation: 'middle', nameGap: 26,
        splitNumber: width < 600 ? 3 : 6, axisLabel: {formatter: usd}}),
      yAxis: axis({type: 'category', inverse: true, data: rows.map(({name}) => name),
        splitLine: {show: false}, axisLabel: {color: color('--text'), interval: 0,
          width: width < 600 ? 88 : 140, overflow: 'truncate'}}),
      series: [{
        type: 'custom', renderItem: interval, encode: {x: [1, 2, 3], y: 0},
        data: rows.map((row, index) => ({value: [index, row.value, row.low ?? row.value,
          row.high ?? row.value], itemStyle: {color: color(row.color)}})),
        markLine: {silent: true, symbol: 'none', data: marks.map((mark) => ({xAxis: mark.value,
          label: {formatter: mark.text, color: color('--muted'), position: 'insideEndTop'}})),
        lineStyle: {color: color('--muted'), type: 'dashed'}},
      }],
    }),
  });
}

function interval(params, api) {
  const [x, y] = api.coord([api.value(1), api.value(0)]);
  const [left] = api.coord([api.value(2), api.value(0)]);
  const [right] = api.coord([api.value(3), api.value(0)]);
  const fill = api.visual('color');
  return {type: 'group', children: [
    {type: 'rect', style: {fill, opacity: 0.35},
      shape: {x: left, y: y - 4, width: Math.max(1, right - left), height: 8, r: 4}},
    {type: 'circle', style: {fill}, shape: {cx: x, cy: y, r: 6}},
  ]};
}

function meansChart({policies, boundUsd}) {
  const rows = policies.map((one, index) => ({
    name: one.name, value: one.meanProfitUsd, low: one.ci95LowUsd, high: one.ci95HighUsd,
    color: colorOf(index),
    tip: [['Mean profit', usd(one.meanProfitUsd)],
      ...(one.ci95LowUsd === undefined ? [] :
        [['95 % interval', `${usd(one.ci95LowUsd)} to ${usd(one.ci95HighUsd)}`]])],
  }));
  const bound = boundUsd.reduce((sum, value) => sum + value, 0) / boundUsd.length;
  return intervalChart('Mean daily profit of each policy with its 95 % interval; the table below ' +
      'has the figures', rows, 'Mean profit per day with its 95 % interval',
  boundUsd.length ? [{value: bound, text: 'bound'}] : []);
}

function pairsChart({pairs, policies}) {
  const index = (name) => policies.findIndex((one) => one.name === name);
  const rows = pairs.map((pair) => ({
    name: `${pair.a} − ${pair.b}`, value: pair.meanDifferenceUsd, low: pair.ci95LowUsd,
    high: pair.ci95HighUsd,
    color: colorOf(index(pair.meanDifferenceUsd >= 0 ? pair.a : pair.b)),
    tip: [['Mean difference', signedUsd(pair.meanDifferenceUsd)],
      [`Days ${pair.a} won`, fixed(pair.daysABetter)], [`Days ${pair.b} won`, fixed(pair.daysBBetter)]],
  }));
  return intervalChart('Mean difference of the daily profit of each pair with its 95 % interval; ' +
      'the table below has the figures', rows, 'Difference of the daily profit',
  [{value: 0, text: ''}]);
}

const MEASURES = {
  profit: {text: 'Profit', name: 'Profit, USD', format: usd},
  gap: {text: 'Gap to the bound', name: 'Gap to the bound', format: (value) => percent(value, 1)},
};

function perDayPanel(evaluation) {
  const {policies, boundUsd} = evaluation;
  let measure = 'profit';
  const days = chart({
    label: 'Profit, or gap to the bound, of each policy on each day',
    height: 300,
    build: () => perDayOption(evaluation, measure),
  });
  const texts = Object.fromEntries(Object.entries(MEASURES).map(([key, {text}]) => [key, text]));
  const chosen = (key) => {
    measure = key;
    days.draw();
  };
  return h('div', {class: 'card'},
      h('div', {class: 'toolbar'},
          boundUsd.length ? choice('What is shown', texts, measure, chosen) : undefined,
          legend([...policies.map(({name}, index) => ({color: colorOf(index), text: name})),
            ...(boundUsd.length ? [{color: '--muted', text: 'Bound'}] : [])])),
      days.box);
}

function perDayOption({policies, boundUsd, protocol}, measure) {
  const {name, format} = MEASURES[measure];
  const seeds = policies[0].profitUsd.map((_, day) => String(BigInt(protocol.firstSeed) + BigInt(day)));
  const value = (policy, day) => {
    if (measure === 'profit') return policy.profitUsd[day];
    return boundUsd[day] > 0 ? (boundUsd[day] - policy.profitUsd[day]) / boundUsd[day] : null;
  };
  const size = seeds.length > 60 ? 5 : 8;
  const bound = {type: 'line', step: 'middle', symbol: 'none', silent: true, data: boundUsd,
    lineStyle: {color: color('--muted'), type: 'dashed', width: 1.5}};
  return {
    grid: grid({left: 60, right: 14, top: 28, bottom: 40}),
    tooltip: {...tooltip(), trigger: 'axis', formatter: ([{dataIndex}]) => tip(
        `Seed ${seeds[dataIndex]}`, [
          ...policies.map((policy) => {
            const at = value(policy, dataIndex);
            return [policy.name, at === null ? '–' : format(at)];
          }),
          ...(boundUsd.length ? [['Bound', usd(boundUsd[dataIndex])]] : [])])},
    xAxis: axis({type: 'category', data: seeds, name: 'Seed', nameLocation: 'middle', nameGap: 24,
      splitLine: {show: false}}),
    yAxis: axis({type: 'value', scale: true, name, splitNumber: 4,
      axisLabel: {formatter: measure === 'gap' ? (at) => percent(at) : usd}}),
    series: [
      ...policies.map((policy, index) => ({type: 'line', symbol: 'circle', symbolSize: size,
        lineStyle: {color: color(colorOf(index)), width: 1, opacity: 0.35},
        itemStyle: {color: color(colorOf(index))}, emphasis: {disabled: true},
        data: seeds.map((_, day) => value(policy, day))})),
      ...(measure === 'profit' && boundUsd.length ? [bound] : []),
    ],
  };
}

function pairedPanel({policies, protocol}) {
  let [first, second] = [policies.length - 2, policies.length - 1];
  const scatter = chart({
    label: 'Profit of two policies on the same days',
    height: 420,
    build: () => pairedOption(policies[first], policies[second], protocol),
  });
  const names = policies.map(({name}, index) => [String(index), name]);
  return h('div', {class: 'card'},
      h('div', {class: 'toolbar'},
          select('First (across)', names, String(first), (index) => {
            first = +index;
            scatter.draw();
          }),
          select('Second (up)', names, String(second), (index) => {
            second = +index;
            scatter.draw();
          })),
      h('div', {class: 'square'}, scatter.box));
}

function pairedOption(first, second, protocol) {
  const all = [...first.profitUsd, ...second.profitUsd];
  const margin = (Math.max(...all) - Math.min(...all)) * 0.06 || 1;
  const low = Math.min(...all) - margin;
  const high = Math.max(...all) + margin;
  const scale = {type: 'value', min: low, max: high, splitNumber: 4,
    axisLabel: {formatter: usd, showMinLabel: false, showMaxLabel: false}};
  return {
    grid: grid({left: 64, right: 14, top: 28, bottom: 44}),
    tooltip: {...tooltip(), trigger: 'item', formatter: ({dataIndex, value: [x, y]}) => tip(
        `Seed ${BigInt(protocol.firstSeed) + BigInt(dataIndex)}`, [[first.name, usd(x)],
          [second.name, usd(y)], ['Difference', signedUsd(y - x)]])},
    xAxis: axis({...scale, name: `${first.name}, profit in USD`, nameLocation: 'middle', nameGap: 26}),
    yAxis: axis({...scale, name: `${second.name}, profit in USD`}),
    series: [
      {type: 'line', symbol: 'none', silent: true, data: [[low, low], [high, high]],
        lineStyle: {color: color('--muted'), type: 'dashed', width: 1.5}},
      {type: 'scatter', symbolSize: 9, itemStyle: {color: color('--accent'), opacity: 0.75},
        data: first.profitUsd.map((profit, day) => [profit, second.profitUsd[day]])},
    ],
  };
}
