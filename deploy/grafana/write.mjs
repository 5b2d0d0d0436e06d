// write.mjs COMPILED FOLDER: writes each dashboard of the compiled code to FOLDER/NAME.json.
import {mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';

const [compiled, folder] = process.argv.slice(2);
const {dashboards} = createRequire(import.meta.url)(resolve(compiled, 'index.js'));
mkdirSync(folder, {recursive: true});
for (const [name, dashboard] of Object.entries(dashboards)) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(dashboard, null, 2) + '\n');
}
