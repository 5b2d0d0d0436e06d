import {choice, h} from '@web/dom.js';
import {fixed, percent, plural, signedUsd} from '@web/format.js';

import {Rows, setText} from './rows.js';
import {ask} from './stream.js';
import {fallbackOf, timeOfDay} from './words.js';

const MOST_KEPT = 200;
const MOST_SHOWN = 40;
const KINDS = {all: 'All', flights: 'Flights', fallbacks: 'Fallbacks'};
const MATCHES = {all: () => true, flights: ({decision}) => 'fly' in decision,
  fallbacks: (record) => fallbackOf(record) || record.decidedBy === 'operator'};

// The last decisions, each with what explains it. While somebody reads (pointer or focus in the
// list, or a decision opened) the list stands still and counts what is new.
export class DecisionsView {
  #network = '';
  #records = new Map();  // by number
  #shown = [];
  #kind = 'all';
  #open = null;  // number of the opened decision

  constructor() {
    this.list = h('ol', {class: 'decisions', 'aria-label': 'Decisions, newest first'});
    this.news = h('button', {type: 'button', class: 'news', hidden: true,
      click: () => this.#catchUp()});
    this.empty = h('p', {class: 'empty'}, 'No decision yet.');
    const named = {class: 'card decisions-card', 'aria-labelledby': 'decisions-title'};
    this.element = h('section', named,
        h('header', {class: 'card-head'}, h('h2', {id: 'decisions-title'}, 'Decisions'),
            choice('Which decisions', KINDS, 'all', (kind) => {
              this.#kind = kind;
              this.#catchUp();
            })),
        this.news, this.empty, h('div', {class: 'decisions-box'}, this.list));
    this.rows = new Rows(this.list, ({id}) => id, (record) => this.#make(record));
    for (const left of ['pointerleave', 'focusout'])
      this.list.addEventListener(left, () => setTimeout(() => this.#follow()));
  }

  // Another network.
  open(network) {
    this.#network = network;
    this.#records.clear();
    this.#open = null;
    this.#catchUp();
  }

  show(records) {
    for (const record of records) this.#records.set(Number(record.id), record);
    const numbers = [...this.#records.keys()].sort((a, b) => b - a);
    for (const old of numbers.slice(MOST_KEPT)) this.#records.delete(old);
    this.#follow();
  }

  #reading() {
    const hovers = matchMedia('(hover: hover)').matches && this.list.matches(':hover');
    return this.#open !== null || hovers || this.list.matches(':focus-within');
  }

  #matching() {
    return [...this.#records.values()].filter(MATCHES[this.#kind])
        .sort((a, b) => Number(b.id) - Number(a.id));
  }

  #follow() {
    if (this.#shown.length > 0 && this.#reading()) {
      const newest = Number(this.#shown[0].id);
      const fresh = this.#matching().filter(({id}) => Number(id) > newest).length;
      this.news.hidden = fresh === 0;
      setText(this.news, `Show ${plural(fresh, 'newer decision')}`);
      return;
    }
    this.#catchUp();
  }

  #catchUp() {
    this.#open = null;
    this.news.hidden = true;
    this.#shown = this.#matching().slice(0, MOST_SHOWN);
    this.empty.hidden = this.#shown.length > 0;
    setText(this.empty, this.#records.size ? 'None of the latest decisions.' : 'No decision yet.');
    this.rows.show(this.#shown);
  }

  #make(record) {
    const details = h('div', {class: 'explanation', hidden: true});
    const button = h('button', {type: 'button', 'aria-expanded': 'false', class: 'decision',
      click: () => this.#toggle(record, button, details)}, ...summaryOf(record));
    const element = h('li', {'data-decision': record.id}, button, details);
    return {element, update: () => {
      const open = this.#open === record.id;
      details.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
    }};
  }

  async #toggle(record, button, details) {
    this.#open = this.#open === record.id ? null : record.id;
    this.rows.show(this.#shown);
    if (this.#open === null) return this.#follow();
    if (details.childElementCount > 0) return undefined;
    details.textContent = 'Asking …';
    try {
      const network = encodeURIComponent(this.#network);
      const {decision} = await ask(`v1/networks/${network}/decisions/${record.id}`);
      details.replaceChildren(...explanationOf(decision));
    } catch (error) {
      details.textContent = `The explanation could not be had: ${error.message}`;
    }
    return undefined;
  }
}

function summaryOf(record) {
  const {decision, vertiport, verdict, decidedBy} = record;
  const flies = 'fly' in decision;
  const what = flies ? `${vertiport} → ${decision.fly.destination}` : `holds at ${vertiport}`;
  const score = record.destinations[0]?.score;
  const facts = [decidedBy];
  if (flies) facts.push(verdict.passengers ? plural(verdict.passengers, 'passenger') : 'empty');
  if (flies && score !== undefined) facts.push(`score ${fixed(score, 1)}`);
  if (record.probability < 1) facts.push(`probability ${percent(record.probability)}`);
  const fallback = fallbackOf(record);
  const marks = [];
  if (fallback) marks.push(h('span', {class: 'mark warn'}, `Fallback: ${fallback}`));
  if (decidedBy === 'operator') marks.push(h('span', {class: 'mark'}, 'Override'));
  return [
    h('span', {class: `kind ${flies ? 'fly' : 'hold'}`, 'aria-hidden': 'true'}),
    h('span', {class: 'what'}, h('strong', {}, record.decision.aircraft), ` ${what}`),
    h('span', {class: 'gain number'}, flies ? signedUsd(record.expectedProfitUsd) : ''),
    h('span', {class: 'when'}, timeOfDay(Number(record.timeMs))),
    h('span', {class: 'facts'}, facts.join(' · ')),
    ...marks];
}

function explanationOf(record) {
  const {decision, vertiport, decidedBy, fallbackDetail, destinations} = record;
  const chosen = 'fly' in decision ? decision.fly.destination : vertiport;
  const feasible = destinations.filter(({refusal}) => refusal === 'REFUSAL_UNSPECIFIED');
  const sorted = [...destinations].sort((a, b) => rank(b, chosen) - rank(a, chosen));
  const infeasible = plural(destinations.length - feasible.length, 'destination was',
      'destinations were');
  const sentence = (feasible.length < 2 ? 'Nothing but to hold was feasible' :
    `${whoIs(decidedBy)} chose ${chosen === vertiport ? 'to hold' : chosen} out of ${feasible.length} ` +
    'feasible actions') + `; ${infeasible} infeasible.`;
  return [
    h('p', {}, sentence),
    ...(fallbackDetail ? [h('p', {class: 'detail'}, fallbackDetail)] : []),
    h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Destinations'},
        h('table', {}, h('thead', {}, h('tr', {},
            h('th', {scope: 'col'}, 'Destination'),
            ...['Score', 'Expected', 'Board / wait'].map((text) =>
              h('th', {scope: 'col', class: 'number'}, text)))),
        h('tbody', {}, ...sorted.map((one) => destinationRow(one, chosen, vertiport)))))];
}

const whoIs = (name) => ({fallback: 'The fallback rule', operator: 'The operator'})[name] ?? name;

// The chosen one first, then by score, the infeasible ones last.
function rank({destination, refusal, score}, chosen) {
  if (destination === chosen) return Infinity;
  return refusal === 'REFUSAL_UNSPECIFIED' ? score ?? 0 : -Infinity;
}

function destinationRow(one, chosen, own) {
  const name = h('th', {scope: 'row'}, one.destination === own ? `${own} (hold)` : one.destination);
  const mark = one.destination === chosen ? {class: 'chosen'} : {};
  if (one.refusal !== 'REFUSAL_UNSPECIFIED')
    return h('tr', {class: 'refused'}, name, h('td', {colspan: 3}, one.sentence));
  const number = (text) => h('td', {class: 'number'}, text);
  return h('tr', mark, name, number(one.score === undefined ? '–' : fixed(one.score, 1)),
      number(one.destination === own ? '–' : signedUsd(one.expectedProfitUsd)),
      number(one.destination === own ? '–' : `${one.passengers} / ${one.waitingPassengers}`));
}
