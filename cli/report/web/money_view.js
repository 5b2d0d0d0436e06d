import {axis, chart, color, dayAxis, followTime, grid, tip, tooltip} from './charts.js';
import {valueAt} from './day.js';
import {h, legend} from '@web/dom.js';
import {clock, fixed, usd} from '@web/format.js';

const PANEL = {height: 120, gap: 46, left: 68, right: 14, top: 28, bottom: 24};

// Profit so far, passengers who wait, and what became of them, over the day.
export function moneyPanel(day, player) {
  const {profitUsd, passengersServed, passengersLost} = day.trace;
  const lines = [
    {panel: 0, series: profitUsd, color: '--profit', fill: 0.14},
    {panel: 1, series: day.waiting, color: '--waiting', fill: 0.14},
    {panel: 2, series: passengersServed, color: '--flying', fill: 0},
    {panel: 2, series: passengersLost, color: '--out', fill: 0},
  ];
  const names = ['Profit so far, USD', 'Passengers waiting', 'Passengers so far'];
  const last = names.length - 1;
  const panels = chart({
    label: `Profit of the day: ${usd(valueAt(profitUsd, day.end))} at the end. Passengers ` +
        `waiting: at most ${fixed(Math.max(0, ...day.waiting.value))}. ` +
        `Served: ${fixed(valueAt(passengersServed, day.end))}. ` +
        `Lost: ${fixed(valueAt(passengersLost, day.end))}.`,
    height: PANEL.top + names.length * PANEL.height + last * PANEL.gap + PANEL.bottom,
    build: (width) => ({
      grid: names.map((_, index) => grid({left: PANEL.left, right: PANEL.right,
        top: PANEL.top + index * (PANEL.height + PANEL.gap), height: PANEL.height})),
      axisPointer: {link: [{xAxisIndex: 'all'}]},
      tooltip: {...tooltip(), trigger: 'axis', formatter: ([{axisValue}]) => tip(clock(axisValue), [
        ['Profit so far', usd(valueAt(profitUsd, axisValue))],
        ['Waiting', fixed(valueAt(day.waiting, axisValue))],
        ['Served so far', fixed(valueAt(passengersServed, axisValue))],
        ['Lost so far', fixed(valueAt(passengersLost, axisValue))]])},
      xAxis: names.map((_, gridIndex) =>
        dayAxis(day, width, {gridIndex, axisLabel: {show: gridIndex === last}})),
      yAxis: names.map((name, gridIndex) => axis({type: 'value', gridIndex, name, splitNumber: 3,
        axisLabel: {formatter: gridIndex === 0 ? usd : (value) => fixed(value)}})),
      series: lines.map((line) => stepLine(day, line)),
    }),
    redrawn: () => place(),
  });
  const place = followTime(panels, player, PANEL);
  return h('div', {class: 'card'}, legend([
    {color: '--profit', text: 'Profit'}, {color: '--waiting', text: 'Waiting'},
    {color: '--flying', text: 'Served'}, {color: '--out', text: 'Lost'},
  ]), panels.box, h('p', {class: 'note'}, 'At the end of the day, waiting passengers are lost, ' +
      'and energy taken from the batteries over the day is paid for.'));
}

function stepLine(day, {panel, series, color: name, fill}) {
  const data = [[day.start, valueAt(series, day.start)]];
  series.atS.forEach((at, k) => {
    if (at > day.start) data.push([at, series.value[k]]);
  });
  data.push([day.end, valueAt(series, day.end)]);
  return {type: 'line', xAxisIndex: panel, yAxisIndex: panel, step: 'end', symbol: 'none', data,
    lineStyle: {color: color(name), width: 2}, itemStyle: {color: color(name)},
    areaStyle: {color: color(name), opacity: fill}, emphasis: {disabled: true}};
}
