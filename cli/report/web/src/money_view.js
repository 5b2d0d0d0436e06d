import {axis, chart, color, dayAxis, followTime, tip, tooltip} from './charts.js';
import {valueAt} from './day.js';
import {h} from './dom.js';
import {clock, fixed, usd} from './format.js';

// Profit so far, and passengers who wait, over the day.
export function moneyPanel(day, player) {
  const {profitUsd, passengersServed, passengersLost} = day.trace;
  const lines = chart({
    label: `Profit of the day: ${usd(valueAt(profitUsd, day.end))} at the end. Passengers waiting: ` +
        `at most ${fixed(Math.max(0, ...day.waiting.value))}.`,
    height: 400,
    build: (width) => ({
      grid: [{left: 56, right: 12, top: 28, height: 150}, {left: 56, right: 12, top: 226, height: 146}],
      axisPointer: {link: [{xAxisIndex: 'all'}]},
      tooltip: {...tooltip(), trigger: 'axis', formatter: ([{axisValue}]) => tip(clock(axisValue), [
        ['Profit', usd(valueAt(profitUsd, axisValue))],
        ['Waiting', fixed(valueAt(day.waiting, axisValue))],
        ['Served so far', fixed(valueAt(passengersServed, axisValue))],
        ['Lost so far', fixed(valueAt(passengersLost, axisValue))]])},
      xAxis: [dayAxis(day, width, {gridIndex: 0, axisLabel: {show: false}}),
        dayAxis(day, width, {gridIndex: 1})],
      yAxis: [axis({type: 'value', gridIndex: 0, name: 'Profit so far, USD', splitNumber: 4,
        axisLabel: {formatter: (value) => usd(value)}}),
      axis({type: 'value', gridIndex: 1, name: 'Passengers waiting', splitNumber: 4})],
      series: [stepLine(day, profitUsd, '--profit', 0), stepLine(day, day.waiting, '--waiting', 1)],
    }),
    redrawn: () => place(),
  });
  const place = followTime(lines, player);
  return h('div', {class: 'card'}, lines.box);
}

function stepLine(day, series, name, index) {
  const data = [[day.start, valueAt(series, day.start)]];
  series.atS.forEach((at, k) => {
    if (at > day.start) data.push([at, series.value[k]]);
  });
  data.push([day.end, valueAt(series, day.end)]);
  return {type: 'line', xAxisIndex: index, yAxisIndex: index, step: 'end', symbol: 'none', data,
    lineStyle: {color: color(name), width: 2}, itemStyle: {color: color(name)},
    areaStyle: {color: color(name), opacity: 0.14}, emphasis: {disabled: true}};
}
