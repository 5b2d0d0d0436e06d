import {h, section} from '@web/dom.js';
import {pairsPanel} from './pairs_view.js';
import {perDayPanel} from './per_day_view.js';
import {policiesPanel} from './policies_view.js';
import {twoPoliciesPanel} from './two_policies_view.js';

// An evaluation: policies on the same days.
export function evaluationView(evaluation) {
  const parts = [
    section('policies', 'Policies', 'Which policy earns most, and what does it cost?',
        policiesPanel(evaluation), changesNote(evaluation.protocol)),
    section('perday', 'Day by day', 'Does a policy win everywhere, or on some days only?',
        perDayPanel(evaluation)),
  ];
  if (evaluation.policies.length > 1) {
    parts.splice(1, 0, section('pairs', 'Paired differences',
        'Is the difference more than luck? Same days, policy against policy.',
        pairsPanel(evaluation)));
    parts.push(section('paired', 'Two policies, day against day',
        'On which days does the second policy earn more? On those above the line.',
        twoPoliciesPanel(evaluation)));
  }
  return parts;
}

const CHANGES = {
  corridorClosureFactor: 'chance of corridor closures ×',
  failureFactor: 'chance of failures ×',
  demandFactor: 'demand ×',
  demandSigma: 'sigma of hidden demand shocks',
  chargerFactor: 'chargers ×',
  foggyMorningsOnly: 'only days with a foggy morning',
};

// How the scenario was changed, if it was.
function changesNote({changes}) {
  const texts = Object.entries(changes ?? {})
      .filter(([key, value]) => value !== false && !(value === 1 && key.endsWith('Factor')))
      .map(([key, value]) => (value === true ? CHANGES[key] : `${CHANGES[key]} ${value}`));
  return texts.length ? h('p', {class: 'note'}, `Scenario changed: ${texts.join('; ')}.`) : null;
}
