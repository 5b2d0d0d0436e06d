import {h, section, select, table} from '@web/dom.js';
import {evaluationView} from './evaluation_view.js';
import {usd} from '@web/format.js';

// The policy that earns most in an evaluation.
export function bestPolicy({policies}) {
  return policies.reduce((a, b) => (b.meanProfitUsd > a.meanProfitUsd ? b : a)).name;
}

// Evaluations: the only one or, of several, a survey and one of them in detail.
export function suiteView({evaluations}) {
  if (evaluations.length === 1) return evaluationView(evaluations[0]);
  const content = h('div', {});
  const show = (index) => content.replaceChildren(...evaluationView(evaluations[index]));
  show(0);
  const names = evaluations.map(({name}, index) => [String(index), name]);
  return [
    section('survey', 'Mean profit per day', 'Which policy is best, and where?',
        h('div', {class: 'card'}, surveyTable(evaluations))),
    h('header', {class: 'day-head'}, h('h2', {}, 'One evaluation in detail'),
        select('Evaluation', names, '0', (index) => show(+index))),
    content,
  ];
}

function surveyTable(evaluations) {
  const [{policies}] = evaluations;
  return table('Mean profit per day', ['Evaluation', 'Days', ...policies.map(({name}) => name)],
      evaluations.map((one) => [
        h('th', {scope: 'row'}, one.name),
        h('td', {class: 'number'}, String(one.protocol.days)),
        ...one.policies.map(({name, meanProfitUsd}) =>
          h('td', {class: `number${name === bestPolicy(one) ? ' best' : ''}`}, usd(meanProfitUsd))),
      ]));
}
