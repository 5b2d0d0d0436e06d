import {h, table} from '@web/dom.js';
import {fixed, plural, signedUsd} from '@web/format.js';
import {intervalChart} from './interval_chart.js';
import {colorOf} from './policy_colors.js';

// Policy against policy on the same days, as a picture and in figures.
export function pairsPanel(evaluation) {
  const pairs = evaluation.pairs.map(betterFirst)
      .sort((one, other) => other.meanDifferenceUsd - one.meanDifferenceUsd);
  return h('div', {class: 'card'}, pairsChart(pairs, evaluation.policies).box,
      pairTable(pairs, evaluation));
}

// The pair as "who earned more − who earned less".
function betterFirst(pair) {
  if (pair.meanDifferenceUsd >= 0) return pair;
  const negated = (value) => (value === undefined ? undefined : -value);
  return {
    a: pair.b, b: pair.a, meanDifferenceUsd: -pair.meanDifferenceUsd,
    ci95LowUsd: negated(pair.ci95HighUsd), ci95HighUsd: negated(pair.ci95LowUsd),
    effectSize: negated(pair.effectSize),
    daysABetter: pair.daysBBetter, daysBBetter: pair.daysABetter,
  };
}

function pairsChart(pairs, policies) {
  const rows = pairs.map((pair) => ({
    name: `${pair.a} − ${pair.b}`, value: pair.meanDifferenceUsd, low: pair.ci95LowUsd,
    high: pair.ci95HighUsd,
    color: colorOf(policies.findIndex(({name}) => name === pair.a)),
    tip: [['Mean difference', signedUsd(pair.meanDifferenceUsd)],
      [`Days ${pair.a} won`, fixed(pair.daysABetter)],
      [`Days ${pair.b} won`, fixed(pair.daysBBetter)]],
  }));
  return intervalChart('Mean difference of the daily profit of each pair with its 95 % interval; ' +
      'the table below has the figures', rows, 'Difference of the daily profit',
  {zero: true});
}

function pairTable(pairs, {intervalMethod, protocol}) {
  const columns = ['Pair', 'Mean difference', '95 % interval', 'Days won', 'Days lost',
    'Effect size'];
  return h('div', {}, table('Paired differences', columns, pairs.map((pair) => [
    h('th', {scope: 'row'}, `${pair.a} − ${pair.b}`),
    h('td', {class: 'number', 'data-figure': 'meanDifferenceUsd',
      'data-value': pair.meanDifferenceUsd}, signedUsd(pair.meanDifferenceUsd)),
    ...[pair.ci95LowUsd === undefined ? '–' :
      `${signedUsd(pair.ci95LowUsd)} to ${signedUsd(pair.ci95HighUsd)}`,
    fixed(pair.daysABetter), fixed(pair.daysBBetter),
    pair.effectSize === undefined ? '–' : fixed(pair.effectSize, 2)]
        .map((text) => h('td', {class: 'number'}, text))])),
  h('p', {class: 'note'}, `Differences of the daily profit over ${plural(protocol.days, 'day')}. ` +
      `Intervals: ${intervalMethod}. Effect size: mean difference ÷ its standard deviation.`));
}
