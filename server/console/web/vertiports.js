import {h} from '@web/dom.js';
import {fixed} from '@web/format.js';

import {Rows, setText} from './rows.js';

const COLUMNS = ['Waiting', 'Stands', 'Chargers', 'Charger queue', 'Inbound'];

// All vertiports: who waits, and what is in use.
export class VertiportsView {
  constructor(titleOf) {
    this.titleOf = titleOf;
    this.body = h('tbody');
    this.element = h('section', {class: 'card vertiports-card',
      'aria-labelledby': 'vertiports-title'},
    h('header', {class: 'card-head'}, h('h2', {id: 'vertiports-title'}, 'Vertiports')),
    h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Vertiports now'},
        h('table', {class: 'vertiports'}, h('thead', {}, h('tr', {},
            h('th', {scope: 'col'}, 'Vertiport'), ...COLUMNS.map((text) =>
              h('th', {scope: 'col', class: 'number'}, text)))), this.body)));
    this.rows = new Rows(this.body, ({name}) => name, (one) => this.#make(one));
  }

  show(vertiports) { this.rows.show(vertiports); }

  #make({name}) {
    const closed = h('span', {class: 'closed-mark'}, 'Closed');
    const note = h('span', {class: 'title'});
    const cells = COLUMNS.map(() => h('td', {class: 'number'}));
    const element = h('tr', {'data-vertiport': name},
        h('th', {scope: 'row'}, h('strong', {}, name), closed, note), ...cells);
    return {element, update: (one) => {
      element.classList.toggle('closed', one.closed);
      closed.hidden = !one.closed;
      const title = this.titleOf(name);
      setText(note, title === name ? '' : title);
      const texts = [fixed(one.waitingPassengers), `${one.onGround} / ${one.stands}`,
        one.chargers ? `${one.charging} / ${one.chargers}` : '–', fixed(one.chargerQueue),
        fixed(one.inbound)];
      cells.forEach((cell, k) => {
        setText(cell, texts[k]);
        cell.classList.toggle('zero', texts[k] === '0');
      });
      cells[1].classList.toggle('full', one.onGround >= one.stands);
    }};
  }
}
