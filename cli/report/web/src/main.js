import {dayView} from './day_view.js';
import {h} from './dom.js';
import {evaluationView} from './evaluation_view.js';
import {plural} from './format.js';
import {daysView, summaryView} from './summary_view.js';

// Takes a ReportPage of the API: figures of simulated days or of an evaluation, and days to replay.
function show({version, simulation, evaluation, traces}) {
  const page = document.getElementById('page');
  if (simulation) {
    page.append(heading(simulation.scenario, traces, [simulation.policy,
      simulation.days.length > 1 ?
        `${plural(simulation.days.length, 'day')} from seed ${simulation.seed}` :
        `seed ${simulation.seed}`]));
    page.append(summaryView(simulation));
    if (simulation.days.length > 1) page.append(daysView(simulation));
  }
  if (evaluation) {
    const {scenario, firstSeed, days} = evaluation.protocol;
    page.append(heading(scenario, traces, [plural(evaluation.policies.length, 'policy', 'policies'),
      `${plural(days, 'day')} from seed ${firstSeed}`]));
    page.append(...evaluationView(evaluation));
  }
  if (traces.length) page.append(...dayView(traces));
  page.append(footing(version, simulation, evaluation));
}

function heading(scenario, traces, facts) {
  // The seed stands among the facts.
  const title = traces[0]?.title.replace(`, seed ${traces[0].seed}`, '') || scenario;
  document.title = `${title} · Skein`;
  const all = title === scenario ? facts : [scenario, ...facts];
  return h('header', {class: 'page-head'}, h('p', {class: 'brand'}, 'Skein'), h('h1', {}, title),
      h('p', {class: 'facts'}, ...all.map((fact) => h('span', {}, fact))));
}

function footing(version, simulation, evaluation) {
  const facts = [`Skein ${version}`];
  if (simulation?.days.length === 1) facts.push(`digest ${simulation.days[0].digest}`);
  if (evaluation) facts.push(`commit ${evaluation.protocol.commit}`,
      `scenario hash ${evaluation.protocol.scenarioHash}`);
  return h('footer', {class: 'page-foot'}, ...facts.map((fact) => h('span', {}, fact)));
}

show(JSON.parse(document.getElementById('data').textContent));
