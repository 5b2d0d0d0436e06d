// What all dashboards share: variables, time range, links to each other.
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import {ofNetwork, prometheusSource, refId} from './queries';

const kTag = 'skein';

function datasource() {
  return new dashboard.DatasourceVariableBuilder('datasource')
    .label('Prometheus')
    .type('prometheus');
}

// Servers with a store of their own have no database: its panels stay empty there.
export function postgres() {
  return new dashboard.DatasourceVariableBuilder('postgres')
    .label('PostgreSQL')
    .type('grafana-postgresql-datasource');
}

// The values of a label, all of them chosen to begin with.
export function labelVariable(name: string, label: string, metric: string) {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheusSource)
    .query(`label_values(${metric}, ${name})`)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({text: 'All', value: '$__all', selected: true});
}

export const network = () => labelVariable('network', 'Network', 'skein_fleet_aircraft');
export const vertiport = () =>
  labelVariable('vertiport', 'Vertiport', `skein_stands{${ofNetwork}}`);

// Where docs/runbooks is published.
function runbooks() {
  return new dashboard.TextBoxVariableBuilder('runbooks')
    .label('Runbooks at')
    .defaultValue('/runbooks');
}

export interface Section {
  title: string;
  panels: cog.Builder<dashboard.Panel>[];
}

export interface Page {
  uid: string;
  title: string;
  description: string;
  variables: cog.Builder<dashboard.VariableModel>[];
  sections: Section[];
}

export function build(page: Page): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder(page.title)
    .uid(page.uid)
    .description(page.description)
    .tags([kTag])
    .readonly()
    .timezone('browser')
    .time({from: 'now-6h', to: 'now'})
    .refresh('10s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables([datasource(), ...page.variables, runbooks()])
    .link(
      new dashboard.DashboardLinkBuilder('Skein')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags([kTag])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    );
  for (const section of page.sections) {
    builder.withRow(new dashboard.RowBuilder(section.title));
    section.panels.forEach((panel) => builder.withPanel(panel));
  }
  const built = builder.build();
  numberParts(built);
  dropForeignDefaults(built);
  return built;
}

// Panels are known by a number, and queries of a panel by a letter.
function numberParts(built: dashboard.Dashboard) {
  built.panels?.forEach((panel, index) => {
    panel.id = index + 1;
    if (!('targets' in panel)) return;
    panel.targets?.forEach((target, k) => Object.assign(target, {refId: refId(k)}));
  });
}

// The builders write defaults that belong to other kinds of variables, and to tables of older
// Grafanas; the published schema knows them not.
function dropForeignDefaults(built: dashboard.Dashboard) {
  for (const variable of built.templating?.list ?? []) {
    for (const name of ['auto', 'auto_min', 'auto_count']) Reflect.deleteProperty(variable, name);
  }
  for (const panel of built.panels ?? []) {
    if ('options' in panel && panel.type === 'table') {
      Reflect.deleteProperty(panel.options, 'footer');
    }
  }
}
