import {h, table} from '@web/dom.js';
import {minutes, percent, shortTime, usd} from '@web/format.js';
import {intervalChart} from './interval_chart.js';
import {colorOf} from './policy_colors.js';

// The policies over all days: their means as a picture, and all their figures.
export function policiesPanel(evaluation) {
  const note = 'No policy can earn more than the bound. It is loose: a small gap proves a policy ' +
      'good, a large one proves nothing.';
  return h('div', {class: 'card'}, meansChart(evaluation).box, policyTable(evaluation),
      evaluation.boundUsd.length ? h('p', {class: 'note'}, note) : null);
}

function meansChart({policies}) {
  const rows = policies.map((one, index) => ({
    name: one.name, value: one.meanProfitUsd, low: one.ci95LowUsd, high: one.ci95HighUsd,
    color: colorOf(index),
    tip: [['Mean profit', usd(one.meanProfitUsd)],
      ...(one.ci95LowUsd === undefined ? [] :
        [['95 % interval', `${usd(one.ci95LowUsd)} to ${usd(one.ci95HighUsd)}`]])],
  }));
  return intervalChart('Mean daily profit of each policy with its 95 % interval; the table below ' +
      'has the figures', rows, 'Mean profit per day with its 95 % interval');
}

// The best value of a column stands out; `sign` is 1 if more is better.
function bestOf(policies, key, sign) {
  const values = policies.map((one) => one[key]).filter((value) => value !== undefined);
  return values.length > 1 ? Math.max(...values.map((value) => sign * value)) * sign : undefined;
}

function policyTable({policies, boundUsd}) {
  const columns = [
    ['meanProfitUsd', 'Mean profit', usd, 1],
    ['ci', '95 % interval', (value) => value],
    ['worstDecileProfitUsd', 'Worst tenth of days', usd, 1],
    ...(boundUsd.length ? [['meanGap', 'Gap to bound', (value) => percent(value, 1), -1]] : []),
    ['unservedShare', 'Requests lost', (value) => percent(value, 1), -1],
    ['meanWaitS', 'Mean wait', minutes, -1],
    ['meanLoadFactor', 'Seats filled', percent, 1],
    ['meanDecisionS', 'Time per decision', shortTime],
    ['longestDecisionS', 'Longest', shortTime],
  ];
  const rows = policies.map((one) => ({...one, ci: one.ci95LowUsd === undefined ? undefined :
    `${usd(one.ci95LowUsd)} to ${usd(one.ci95HighUsd)}`}));
  return table('Policies over all days', ['Policy', ...columns.map(([, text]) => text)],
      rows.map((row, index) => [
        h('th', {scope: 'row'}, swatch(index), row.name),
        ...columns.map(([key, , text, sign]) => h('td', {
          class: `number${sign && row[key] === bestOf(rows, key, sign) ? ' best' : ''}`,
          'data-figure': key, 'data-policy': row.name, 'data-value': row[key],
        }, row[key] === undefined ? '–' : text(row[key])))]));
}

function swatch(index) {
  return h('span', {class: 'swatch', style: `--swatch: var(${colorOf(index)})`,
    'aria-hidden': 'true'});
}
