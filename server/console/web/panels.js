import {h} from '@web/dom.js';
import {fixed, minutes, percent, shortTime, usd} from '@web/format.js';

import {Rows, setText} from './rows.js';
import {DOING, closureText, doingOf, timeOfDay} from './words.js';

// A list of names and values; `show` takes an object of texts by key.
function facts(entries) {
  const values = Object.fromEntries(Object.keys(entries).map((key) =>
    [key, h('dd', {'data-figure': key}, '–')]));
  const element = h('dl', {class: 'fact-list'}, ...Object.entries(entries).map(([key, text]) =>
    h('div', {}, h('dt', {}, text), values[key])));
  return {element, show: (texts) => {
    for (const [key, text] of Object.entries(texts)) {
      setText(values[key], text);
      values[key].parentElement.hidden = text === '';
    }
  }};
}

export const fallbacksOf = (policy) => policy.fallbackDeadline + policy.fallbackNonFinite +
    policy.fallbackRefused + policy.fallbackUnavailable;

// The figures that are looked at first.
export function headline() {
  const {element, show} = facts({profit: 'Profit today', air: 'In the air',
    waiting: 'Passengers waiting', served: 'Served', lost: 'Lost', fallback: 'By fallback',
    latency: 'Decision time, 95 %'});
  element.className = 'headline';
  return {element: h('section', {class: 'card', 'aria-label': 'At a glance'}, element),
    show: ({fleet, day, policy}) => show({
      ...(fleet && {profit: usd(fleet.profitUsd), waiting: fixed(fleet.waitingPassengers),
        air: fixed(fleet.aircraft.filter((one) => DOING[doingOf(one)]?.air).length)}),
      ...(day && {served: fixed(day.report.passengersServed),
        lost: fixed(day.report.passengersLost)}),
      ...(policy && {
        fallback: policy.decisions ? percent(fallbacksOf(policy) / policy.decisions) : '–',
        latency: policy.decisions ? shortTime(policy.totalSP95) : '–'}),
    })};
}

// The money of the day, and what it was earned with.
export function moneyPanel() {
  const {element, show} = facts({revenue: 'Fares less refunds', operating: 'Operating cost',
    energy: 'Electricity', profit: 'Profit', flights: 'Flights', served: 'Served of requested',
    wait: 'Mean wait', load: 'Seats filled'});
  const day = h('span', {class: 'aside'});
  return {element: card('money', 'Money of the day', day, element), show: (summary) => {
    if (!summary) return;
    const {report} = summary;
    setText(day, `Day ${summary.day + 1}${summary.settled ? ', settled' : ''}`);
    show({revenue: usd(report.revenueUsd), operating: usd(-report.operatingCostUsd),
      energy: usd(-report.energyCostUsd), profit: usd(report.profitUsd),
      flights: `${fixed(report.flights)}, ${fixed(report.repositionFlights)} empty`,
      served: `${fixed(report.passengersServed)} of ${fixed(report.passengersRequested)}`,
      wait: minutes(report.meanWaitS), load: percent(report.loadFactor)});
  }};
}

// Who decides, and how well it does.
export function policyPanel() {
  const {element, show} = facts({mode: 'Decides', decisions: 'Decisions', share: 'By fallback',
    why: 'Because', policy: 'In the policy', total: 'Until on disk',
    refusals: 'Refused by the guard'});
  const name = h('span', {class: 'aside strong'});
  const note = h('p', {class: 'note'}, 'Times are the median and the 95th percentile.');
  const both = (a, b) => `${shortTime(a)} / ${shortTime(b)}`;
  const panel = card('policy', 'Policy', name, element, note);
  return {element: panel, show: ({network, policy, day}) => {
    if (!network || !policy) return;
    setText(name, network.policy);
    const [all, fallbacks] = [policy.decisions, fallbacksOf(policy)];
    show({mode: network.autoDispatch ? 'by itself' : 'when asked',
      decisions: fixed(Number(network.decisionCount)),
      share: all ? `${fixed(fallbacks)} of the last ${fixed(all)}` : 'none yet',
      why: reasonsOf(policy), policy: all ? both(policy.policySP50, policy.policySP95) : '–',
      total: all ? both(policy.totalSP50, policy.totalSP95) : '–',
      refusals: day ? `${fixed(day.report.refusals)} today` : '–'});
  }};
}

function reasonsOf(policy) {
  return [[policy.fallbackDeadline, 'late'], [policy.fallbackNonFinite, 'not finite'],
    [policy.fallbackRefused, 'refused'], [policy.fallbackUnavailable, 'failed']]
      .filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`).join(', ');
}

// What is closed, and what will be.
export function closuresPanel() {
  const list = h('ul', {class: 'closure-list'});
  const none = h('p', {class: 'empty'}, 'Nothing is closed.');
  const rows = new Rows(list, ({key}) => key, () => {
    const [what, when] = [h('span', {class: 'what'}), h('span', {class: 'when'})];
    const element = h('li', {}, what, when);
    return {element, update: ({advisory, active}) => {
      element.classList.toggle('active', active);
      setText(what, closureText(advisory));
      setText(when, `${timeOfDay(advisory.start, false)}–${timeOfDay(advisory.end, false)}`);
    }};
  });
  return {element: card('closures', 'Closures', null, none, list), show: (advisories, time) => {
    rows.show(advisories.map((advisory) => ({advisory, key: advisory.id,
      active: advisory.start <= time && time < advisory.end})));
    none.hidden = advisories.length > 0;
  }};
}

// Advisories in order, those that continue another as one with it: fog is announced hour by hour.
export function mergeAdvisories(advisories) {
  const lasting = new Map();
  const all = [];
  const numbers = advisories.map((one) =>
    ({...one, start: Number(one.startMs), end: Number(one.endMs)}));
  for (const one of numbers.sort((a, b) => a.start - b.start)) {
    const key = [one.kind, one.vertiport, one.corridorEnd, one.count].join();
    const before = lasting.get(key);
    if (before && one.start <= before.end) {
      before.end = Math.max(before.end, one.end);
    } else {
      lasting.set(key, one);
      all.push(one);
    }
  }
  return all;
}

function card(id, title, aside, ...content) {
  return h('section', {class: `card ${id}-card`, 'aria-labelledby': `${id}-title`},
      h('header', {class: 'card-head'}, h('h2', {id: `${id}-title`}, title), aside), ...content);
}

