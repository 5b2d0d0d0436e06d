import {axis, chart, color, grid, tip, tooltip} from './charts.js';
import {usd} from '@web/format.js';

// A dot with its interval per row. A row is {name, value, low, high, color, tip: [name, value]s};
// `zero` draws a line at 0.
export function intervalChart(label, rows, xName, {zero = false} = {}) {
  return chart({
    label, height: rows.length * 34 + 60,
    build: (width) => ({
      grid: grid({left: width < 600 ? 114 : 150, right: 44, top: 8, bottom: 44}),
      tooltip: {...tooltip(), trigger: 'item',
        formatter: ({dataIndex}) => tip(rows[dataIndex].name, rows[dataIndex].tip)},
      xAxis: axis({type: 'value', scale: true, name: xName, nameLocation: 'middle', nameGap: 26,
        splitNumber: width < 600 ? 3 : 6, axisLabel: {formatter: usd}}),
      yAxis: axis({type: 'category', inverse: true, data: rows.map(({name}) => name),
        splitLine: {show: false}, axisLabel: {color: color('--text'), interval: 0,
          width: width < 600 ? 106 : 140, overflow: 'truncate'}}),
      series: [{
        type: 'custom', renderItem: interval, encode: {x: [1, 2, 3], y: 0},
        data: rows.map((row, index) => ({value: [index, row.value, row.low ?? row.value,
          row.high ?? row.value], itemStyle: {color: color(row.color)}})),
        markLine: {silent: true, symbol: 'none', label: {show: false},
          data: zero ? [{xAxis: 0}] : [],
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
