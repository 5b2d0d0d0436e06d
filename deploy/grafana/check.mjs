// check.mjs FOLDER FILE.ts: turns the dashboards of FOLDER into TypeScript that compiles only if
// they are what Grafana's published schema says: the dashboard as a whole, and the options of each
// panel by its type.
import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';

const raw = '@grafana/schema/dist/esm/raw/composable';
const optionsOf = {
  geomap: `${raw}/geomap/panelcfg/x/GeomapPanelCfg_types.gen`,
  stat: `${raw}/stat/panelcfg/x/StatPanelCfg_types.gen`,
  'state-timeline': `${raw}/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen`,
  table: `${raw}/table/panelcfg/x/TablePanelCfg_types.gen`,
  timeseries: `${raw}/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen`,
};

const [folder, output] = process.argv.slice(2);
const lines = [
  "import type {Dashboard} from '@grafana/schema';",
  // What a type looks like once it has been JSON: enumerations are their values.
  'type Json<T> = T extends string ? `${T}` : T extends (infer U)[] ? Json<U>[]',
  '  : T extends object ? {[K in keyof T]: Json<T[K]>} : T;',
];
for (const file of readdirSync(folder).sort()) {
  const name = basename(file, '.json');
  const dashboard = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  lines.push(`export const ${name}: Json<Dashboard> = ${JSON.stringify(dashboard, null, 1)};`);
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') continue;
    const module = optionsOf[panel.type];
    if (module === undefined) throw new Error(`${file}: add the options of ${panel.type} to check.mjs`);
    const type = `Json<Partial<import('${module}').Options>>`;
    lines.push(
      `export const ${name}_${panel.id}: ${type} = ${JSON.stringify(panel.options ?? {}, null, 1)};`,
    );
  }
}
writeFileSync(output, lines.join('\n') + '\n');
