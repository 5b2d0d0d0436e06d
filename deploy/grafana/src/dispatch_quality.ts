// Are the decisions good? For those who choose and tune policies.
import {Section, build, network, postgres} from './frame';
import {figure, sqlTable, sqlTrend, stack, trend} from './panels';
import {ofNetwork, over, rate, share} from './queries';
import {ofNetworkSql} from './sql';

const fallback = rate('skein_fallback_decisions_total');
const decisions = rate('skein_decisions_total');
const day = (metric: string) => `sum(${metric}{${ofNetwork}})`;

const glance: Section = {
  title: 'At a glance',
  panels: [
    figure(
      {title: 'Profit', question: 'Do we earn money, since the networks began?',
       unit: 'currencyUSD'},
      day('skein_profit_usd'),
    ),
    figure(
      {title: 'Profit of the day', question: 'Does today earn money, before its settlement?',
       unit: 'currencyUSD'},
      `${day('skein_day_revenue_usd')} - ${day('skein_day_cost_usd')}`,
      [{from: 0, color: 'green'}],
      'red',
    ),
    figure(
      {title: 'Lowest charge at a landing, over the reserve',
       question: 'How close does today come to the reserve?', unit: 'percentunit'},
      `min(skein_day_lowest_landing_margin_ratio{${ofNetwork}})`,
      [{from: 0, color: 'green'}],
      'red',
    ),
    figure(
      {title: 'Fallback', question: 'Which share of the decisions did the fallback rule make?',
       unit: 'percentunit', alert: 'SkeinFallbackShare'},
      share(fallback, decisions),
      [{from: 0.01, color: 'yellow'}, {from: 0.05, color: 'red'}],
    ),
    figure(
      {title: 'Guard refusals per hour', question: 'Do policies and operators want the illegal?',
       unit: 'short'},
      `3600 * ${rate('skein_guard_refusals_total')}`,
    ),
    figure(
      {title: 'Guard escapes', question: 'Was an illegal decision accepted? Must be 0.',
       unit: 'short', alert: 'SkeinGuardEscape'},
      `sum(skein_guard_escapes_total{${ofNetwork}})`,
      [{from: 1, color: 'red'}],
    ),
  ],
};

const money: Section = {
  title: 'Money and energy',
  panels: [
    trend(
      {title: 'The day', question: 'Where do revenue and cost of the day go?',
       unit: 'currencyUSD'},
      [
        over(day('skein_day_revenue_usd'), 'revenue'),
        over(`sum by (kind) (skein_day_cost_usd{${ofNetwork}})`, '{{kind}} cost'),
      ],
    ),
    trend(
      {title: 'Charging power', question: 'How much energy do we use?', unit: 'watt'},
      [over(rate(`skein_charged_energy_joules_total{${ofNetwork}}`, 'network'), '{{network}}')],
    ),
    trend(
      {title: 'Seats filled', question: 'How full are the flights?', unit: 'percentunit'},
      [
        over(
          share(
            rate(`skein_passengers_flown_total{${ofNetwork}}`, 'network'),
            rate(`skein_seats_flown_total{${ofNetwork}}`, 'network'),
          ),
          '{{network}}',
        ),
      ],
    ),
  ],
};

const choices: Section = {
  title: 'Decisions',
  panels: [
    stack(
      {title: 'Decisions per second', question: 'Who decides?', unit: 'ops'},
      [over(rate('skein_decisions_total', 'policy, outcome'), '{{policy}} {{outcome}}')],
    ),
    trend(
      {title: 'Holds', question: 'How often does an aircraft stay where it is?',
       unit: 'percentunit'},
      [over(share(rate('skein_decisions_total{action="hold"}'), decisions), 'share of holds')],
    ),
    trend(
      {title: 'Fallback by reason', question: 'Does the policy fail, and how?',
       unit: 'percentunit', alert: 'SkeinFallbackShare'},
      [
        over(
          `${rate('skein_fallback_decisions_total', 'reason')} / on () group_left () ` +
            `clamp_min(${decisions}, 1e-9)`,
          '{{reason}}',
        ),
      ],
      {from: 0.05, color: 'red'},
    ),
  ],
};

const guard: Section = {
  title: 'Guard and forecast',
  panels: [
    trend(
      {title: 'Guard refusals per second, by rule', question: 'Which rules stop what is wanted?',
       unit: 'ops'},
      [over(rate('skein_guard_refusals_total', 'rule'), '{{rule}}')],
    ),
    trend(
      {title: 'Requests and their forecast', question: 'Is the forecast biased?', unit: 'short'},
      [
        over(day('skein_trip_requests_total'), 'came'),
        over(day('skein_forecast_trip_requests_total'), 'expected'),
      ],
    ),
    trend(
      {title: 'Forecast error',
       question: 'By how much do vertiports differ from their forecast, over the whole time?',
       unit: 'percentunit'},
      [
        over(
          share(
            `sum by (network) (skein_forecast_error_trip_requests_total{${ofNetwork}})`,
            `sum by (network) (skein_forecast_trip_requests_total{${ofNetwork}})`,
          ),
          '{{network}}',
        ),
      ],
    ),
  ],
};

const driftLimit = {from: 3, color: 'red'} as const;

const drift: Section = {
  title: 'Drift from training (of the policy captain)',
  panels: [
    trend(
      {title: 'Drift by block',
       question: 'Does the policy meet what it was trained for, and choose as it did there?',
       unit: 'short', alert: 'SkeinPolicyDrift'},
      [over(`max by (block) (skein_policy_drift_ratio{${ofNetwork}})`, '{{block}}')],
      driftLimit,
    ).span(12),
    trend(
      {title: 'Drift by network', question: 'Which network is unlike the days of training?',
       unit: 'short', alert: 'SkeinPolicyDrift'},
      [over(`max by (network) (skein_policy_drift_ratio{${ofNetwork}})`, '{{network}}')],
      driftLimit,
    ).span(12),
  ],
};

const database: Section = {
  title: 'From the database (with PostgreSQL)',
  panels: [
    sqlTrend(
      {title: 'Profit by hour', question: 'When do we earn money?', unit: 'currencyUSD'},
      'SELECT hour AS time, network AS metric, profit_usd AS profit FROM profit_by_hour ' +
        `WHERE $__timeFilter(hour) AND ${ofNetworkSql} ORDER BY hour`,
    ),
    sqlTable(
      {title: 'Destinations', question: 'Where does it pay to fly?', unit: 'short'},
      'SELECT network, destination, count(*) AS flights, sum(passengers) AS passengers, ' +
        "count(*) FILTER (WHERE kind = 'reposition') AS empty, sum(profit_usd) AS profit " +
        `FROM flights WHERE $__timeFilter(took_off_at) AND ${ofNetworkSql} ` +
        'GROUP BY network, destination ORDER BY profit DESC',
      [{title: 'profit', unit: 'currencyUSD'}],
    ),
    sqlTable(
      {title: 'Who decided', question: 'Who decides what?', unit: 'short'},
      'SELECT network, decided_by, action, count(*) AS decisions, sum(passengers) AS boarded ' +
        `FROM decisions WHERE $__timeFilter(decided_at) AND ${ofNetworkSql} ` +
        'GROUP BY network, decided_by, action ORDER BY decisions DESC',
    ),
  ],
};

export const dispatchQuality = build({
  uid: 'skein-dispatch-quality',
  title: 'Skein: dispatch quality',
  description: 'Are the decisions good?',
  variables: [postgres(), network()],
  sections: [glance, money, choices, drift, guard, database],
});
