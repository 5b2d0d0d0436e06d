import {Day} from './day.js';
import {h, section, select} from '@web/dom.js';
import {fleetPanel, ganttPanel} from './fleet_view.js';
import {mapPanel} from './map_view.js';
import {moneyPanel} from './money_view.js';
import {Player} from './player.js';
import {usePanel} from './use_view.js';

// One day, replayed: map, aircraft, money and queues, use of vertiports. All follow one player.
// With several traces, of the same day by several policies, one of them is chosen; first, that of
// the policy `best`.
export function dayView(traces, best) {
  const content = h('div', {id: 'day'});
  const show = (index) => content.replaceChildren(...dayOf(new Day(traces[index])));
  const first = Math.max(0, traces.findIndex(({policy}) => policy === best));
  show(first);
  const policies = traces.map(({policy}, index) => [String(index), policy]);
  return [
    h('header', {class: 'day-head'}, h('h2', {}, 'One day, replayed'),
        h('p', {class: 'question'}, `Seed ${traces[0].seed}`),
        traces.length > 1 ? select('Policy', policies, String(first), (index) => show(+index)) :
          h('p', {class: 'question'}, traces[0].policy)),
    content,
  ];
}

function dayOf(day) {
  const player = new Player(day.start, day.end, day.busiest());
  return [
    player.element,
    section('map', 'The day on the map',
        'Where is everyone, and who waits?',
        mapPanel(day, player)),
    section('fleet', 'What the fleet does', 'Is the fleet earning, or charging and waiting?',
        fleetPanel(day, player)),
    section('gantt', 'Aircraft by aircraft', 'How does each aircraft spend its day?',
        ganttPanel(day, player)),
    section('money', 'Profit and queues', 'When is money earned, and when are passengers lost?',
        moneyPanel(day, player)),
    section('use', 'Use of the vertiports', 'Where and when are stands and chargers short?',
        usePanel(day, player)),
  ];
}
