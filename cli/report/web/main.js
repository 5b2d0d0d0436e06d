import {dayView} from './day_view.js';
import {h} from '@web/dom.js';
import {bestPolicy, suiteView} from './suite_view.js';
import {plural} from '@web/format.js';
import {daysView, summaryView} from './summary_view.js';

// Takes a ReportPage of the API: figures of simulated days or of an evaluation, and days to replay.
function show({version, simulation, suite, traces}) {
  const page = document.getElementById('page');
  if (simulation) {
    page.append(heading(simulation.scenario, traces, [simulation.policy,
      simulation.days.length > 1 ?
        `${plural(simulation.days.length, 'day')} from seed ${simulation.seed}` :
        `seed ${simulation.seed}`]));
    page.append(summaryView(simulation));
    if (simulation.days.length > 1) page.append(daysView(simulation));
  }
  if (suite) page.append(suiteHeading(suite, traces), ...suiteView(suite));
  if (traces.length) page.append(...dayView(traces, suite && bestPolicy(suite.evaluations[0])));
  page.append(footing(version, simulation, suite));
}

function heading(scenario, traces, facts) {
  // The seed stands among the facts.
  const title = traces[0]?.title.replace(`, seed ${traces[0].seed}`, '') || scenario;
  document.title = `${title} · Skein`;
  const all = title === scenario ? facts : [scenario, ...facts];
  return h('header', {class: 'page-head'}, h('p', {class: 'brand'}, 'Skein'), h('h1', {}, title),
      h('p', {class: 'facts'}, ...all.map((fact) => h('span', {}, fact))));
}

function suiteHeading({suite, title, evaluations}, traces) {
  const [{policies, protocol}] = evaluations;
  const facts = [plural(policies.length, 'policy', 'policies')];
  if (!suite) facts.push(`${plural(protocol.days, 'day')} from seed ${protocol.firstSeed}`);
  else facts.unshift(plural(evaluations.length, 'evaluation'));
  return suite ? heading(suite, [{title}], facts) : heading(protocol.scenario, traces, facts);
}

function footing(version, simulation, suite) {
  const facts = [`Skein ${version}`];
  if (simulation?.days.length === 1) facts.push(`digest ${simulation.days[0].digest}`);
  if (suite) facts.push(`commit ${suite.evaluations[0].protocol.commit}`);
  return h('footer', {class: 'page-foot'}, ...facts.map((fact) => h('span', {}, fact)));
}

show(JSON.parse(document.getElementById('data').textContent));
