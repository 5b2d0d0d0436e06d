import {BarChart, CustomChart, LineChart, LinesChart, ScatterChart} from 'echarts/charts';
import {DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent,
  VisualMapComponent} from 'echarts/components';
import * as echarts from 'echarts/core';
import {CanvasRenderer} from 'echarts/renderers';

import {h} from '@web/dom.js';
import {clock} from '@web/format.js';

echarts.use([BarChart, CanvasRenderer, CustomChart, DataZoomComponent, GridComponent, LineChart,
  LinesChart, MarkLineComponent, ScatterChart, TooltipComponent, VisualMapComponent]);

const dark = matchMedia('(prefers-color-scheme: dark)');

// The value of a colour of the style sheet, such as "--flying", in the scheme that is shown.
export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Draws `build(width, height)` (an ECharts option) into a box of the page, and again whenever its size or
// the colour scheme changes. `label` says in words what it shows.
export function chart({label, height, build, redrawn = () => {}}) {
  const box = h('div', {class: 'chart', role: 'img', 'aria-label': label,
    style: `--height: ${height}px`});
  let drawn = null;
  const draw = () => {
    drawn.setOption({animation: false, textStyle: textStyle(), ...build(box.clientWidth, box.clientHeight)},
        {notMerge: true});
    redrawn();
  };
  const self = {
    box,
    get drawn() { return drawn; },
    draw() { if (drawn && box.isConnected) draw(); },
  };
  new ResizeObserver(() => {
    if (box.clientWidth === 0) return;
    drawn ??= echarts.init(box);
    box.drawn = drawn;  // for tests, which cannot see a canvas
    drawn.resize();
    draw();
  }).observe(box);
  dark.addEventListener('change', () => self.draw());
  return self;
}

function textStyle() {
  return {fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12,
    color: color('--text')};
}

export const tooltip = () => ({
  backgroundColor: color('--surface'),
  borderColor: color('--line'),
  textStyle: {color: color('--text'), fontSize: 12},
  extraCssText: 'box-shadow: 0 4px 16px rgb(0 0 0 / 18%); border-radius: 8px;',
  confine: true,
});

// The content of a tooltip: a heading and rows of [name, value]; the name may be empty.
export function tip(title, rows) {
  return h('div', {class: 'tip'}, h('strong', {}, title),
      ...rows.map(([name, value]) =>
        h('div', {}, name && h('span', {}, name), h('span', {}, value))));
}

// A grid whose edges are where it says, so that charts below each other line up.
export const grid = (edges) => ({outerBoundsMode: 'none', ...edges});

export const axis = (more = {}) => ({
  axisLine: {show: false},
  axisTick: {show: false},
  splitLine: {lineStyle: {color: color('--grid')}},
  ...more,
  axisLabel: {color: color('--muted'), hideOverlap: true, ...more.axisLabel},
  nameTextStyle: {color: color('--muted'),
    align: more.nameLocation === 'middle' ? 'center' : 'left'},
});

// The axis of a day, marked at full hours.
export function dayAxis(day, width, more = {}) {
  const hours = width < 600 ? 3 : (day.end - day.start > 15 * 3600 ? 2 : 1);
  return axis({type: 'value', min: day.start, max: day.end, interval: hours * 3600,
    ...more, axisLabel: {formatter: (value) => (value % 3600 ? '' : clock(value)),
      ...more.axisLabel}});
}

// A line across a chart of the day at the time of the player, as long as `top` and `bottom` leave
// room; a click moves the player there. Gives what puts the line in its place again.
export function followTime(chart, player, {top, bottom}) {
  const line = h('div', {class: 'now', 'aria-hidden': 'true',
    style: `top: ${top}px; bottom: ${bottom}px`});
  const finder = {xAxisIndex: 0};
  const place = (time) => {
    if (!chart.drawn) return;
    if (!line.isConnected) {
      chart.box.append(line);
      chart.drawn.getZr().on('click', ({offsetX, offsetY}) => {
        if (!chart.drawn.containPixel({gridIndex: 'all'}, [offsetX, offsetY])) return;
        player.seek(chart.drawn.convertFromPixel(finder, offsetX));
      });
    }
    line.style.transform = `translateX(${chart.drawn.convertToPixel(finder, time)}px)`;
  };
  player.follow(place);
  return () => place(player.time);
}
