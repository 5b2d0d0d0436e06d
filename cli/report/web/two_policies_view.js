import {axis, chart, color, grid, tip, tooltip} from './charts.js';
import {h, select} from '@web/dom.js';
import {seedOf, signedUsd, usd} from '@web/format.js';
import {colorOf} from './policy_colors.js';

// Two policies of choice, day against day; at first the two that earn most.
export function twoPoliciesPanel({policies, protocol}) {
  const ranked = policies.map((_, index) => index)
      .sort((a, b) => policies[b].meanProfitUsd - policies[a].meanProfitUsd);
  let [second, first] = ranked;
  const pair = () => [policies[first], policies[second], protocol, [first, second].map(colorOf)];
  const charts = [
    chart({label: 'Profit of two policies on the same days', height: 420,
      build: () => pairedOption(...pair())}),
    chart({label: 'Differences between two policies on the same days, sorted', height: 420,
      build: () => differencesOption(...pair())}),
  ];
  const names = policies.map(({name}, index) => [String(index), name]);
  const choose = (assign) => (index) => {
    assign(Number(index));
    for (const one of charts) one.draw();
  };
  return h('div', {class: 'card'},
      h('div', {class: 'toolbar'},
          select('First', names, String(first), choose((index) => first = index)),
          select('Second', names, String(second), choose((index) => second = index))),
      h('div', {class: 'two'}, ...charts.map(({box}) => box)));
}

function differencesOption(first, second, protocol, colors) {
  const days = first.profitUsd.map((profit, day) => [day, second.profitUsd[day] - profit])
      .sort(([, a], [, b]) => a - b);
  return {
    grid: grid({left: 64, right: 14, top: 28, bottom: 44}),
    tooltip: {...tooltip(), trigger: 'axis', axisPointer: {type: 'shadow'},
      formatter: ([{dataIndex}]) => tip(seedOf(protocol, days[dataIndex][0]),
          [[`${second.name} − ${first.name}`, signedUsd(days[dataIndex][1])]])},
    xAxis: axis({type: 'category', data: days.map((_, rank) => rank), axisLabel: {show: false},
      splitLine: {show: false}, name: 'Days, by difference', nameLocation: 'middle', nameGap: 26}),
    yAxis: axis({type: 'value', name: `${second.name} − ${first.name}, USD`,
      axisLabel: {formatter: usd}}),
    series: [{type: 'bar', barCategoryGap: '20%', data: days.map(([, value]) =>
      ({value, itemStyle: {color: color(colors[value < 0 ? 0 : 1])}}))}],
  };
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
        seedOf(protocol, dataIndex), [[first.name, usd(x)],
          [second.name, usd(y)], ['Difference', signedUsd(y - x)]])},
    xAxis: axis({...scale, name: `${first.name}, profit in USD`, nameLocation: 'middle',
      nameGap: 26}),
    yAxis: axis({...scale, name: `${second.name}, profit in USD`}),
    series: [
      {type: 'line', symbol: 'none', silent: true, data: [[low, low], [high, high]],
        lineStyle: {color: color('--muted'), type: 'dashed', width: 1.5}},
      {type: 'scatter', symbolSize: 9, itemStyle: {color: color('--accent'), opacity: 0.75},
        data: first.profitUsd.map((profit, day) => [profit, second.profitUsd[day]])},
    ],
  };
}
