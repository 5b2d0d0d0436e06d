import {axis, chart, color, grid, tip, tooltip} from './charts.js';
import {choice, h, legend} from '@web/dom.js';
import {percent, seedOf, usd} from '@web/format.js';
import {colorOf} from './policy_colors.js';

const MEASURES = {
  profit: {text: 'Profit', name: 'Profit, USD', format: usd},
  gap: {text: 'Gap to the bound', name: 'Gap to the bound', format: (value) => percent(value, 1)},
};

// Every policy on every day.
export function perDayPanel(evaluation) {
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
            ...(boundUsd.length ? [{color: '--muted', text: 'Bound', shape: 'dashes'}] : [])])),
      days.box);
}

function perDayOption({policies, boundUsd, protocol}, measure) {
  const {name, format} = MEASURES[measure];
  const seeds = policies[0].profitUsd.map((_, day) => seedOf(protocol, day));
  const value = (policy, day) => {
    if (measure === 'profit') return policy.profitUsd[day];
    return boundUsd[day] > 0 ? (boundUsd[day] - policy.profitUsd[day]) / boundUsd[day] : null;
  };
  const size = seeds.length > 60 ? 5 : 8;
  const bound = {type: 'line', step: 'middle', symbol: 'none', silent: true, data: boundUsd,
    lineStyle: {color: color('--muted'), type: 'dashed', width: 1.5}};
  return {
    grid: grid({left: 60, right: 14, top: 28, bottom: 24}),
    tooltip: {...tooltip(), trigger: 'axis', formatter: ([{dataIndex}]) => tip(
        seeds[dataIndex], [
          ...policies.map((policy) => {
            const at = value(policy, dataIndex);
            return [policy.name, at === null ? '–' : format(at)];
          }),
          ...(boundUsd.length ? [['Bound', usd(boundUsd[dataIndex])]] : [])])},
    xAxis: axis({type: 'category', data: seeds, splitLine: {show: false}}),
    yAxis: axis({type: 'value', scale: true, name, splitNumber: 4,
      axisLabel: {formatter: measure === 'gap' ? (at) => percent(at) : usd}}),
    series: [
      ...policies.map((policy, index) => ({type: 'line', symbol: 'circle', symbolSize: size,
        showAllSymbol: true,
        lineStyle: {color: color(colorOf(index)), width: 1, opacity: 0.35},
        itemStyle: {color: color(colorOf(index))}, emphasis: {disabled: true},
        data: seeds.map((_, day) => value(policy, day))})),
      ...(measure === 'profit' && boundUsd.length ? [bound] : []),
    ],
  };
}
