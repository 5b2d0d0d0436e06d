import {section} from './dom.js';
import {pairsPanel} from './pairs_view.js';
import {perDayPanel} from './per_day_view.js';
import {policiesPanel} from './policies_view.js';
import {twoPoliciesPanel} from './two_policies_view.js';

// An evaluation: policies on the same days.
export function evaluationView(evaluation) {
  const parts = [
    section('policies', 'Policies', 'Which policy earns most, and what does it cost?',
        policiesPanel(evaluation)),
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
