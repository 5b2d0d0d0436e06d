// Bundles the page in the folder SOURCE (index.html, main.js, style.css) into
//   node bundle.mjs page SOURCE SHARED OUTPUT     one HTML file
//   node bundle.mjs site SOURCE SHARED OUTPUT     a folder with those three files
// Imports from '@web/' come from the folder SHARED. Runs where `npm ci` ran: other modules come from
// the folder node_modules beside this file.
import {mkdir, readFile, rename, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

import * as esbuild from 'esbuild';

const [kind, source, shared, output] = process.argv.slice(2);
const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');

async function bundle(entry) {
  const result = await esbuild.build({
    entryPoints: [join(source, entry)],
    alias: {'@web': resolve(shared)},
    nodePaths: [modules],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['chrome100', 'firefox100', 'safari15.4'],
    charset: 'utf8',
    legalComments: 'none',
    define: {'process.env.NODE_ENV': '"production"'},
    write: false,
    logLevel: 'warning',
  }).catch(() => process.exit(1));  // it has said what is wrong
  return result.outputFiles[0].text;
}

async function write(path, text) {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

const style = await bundle('style.css');
const program = await bundle('main.js');
const page = await readFile(join(source, 'index.html'), 'utf8');

if (kind === 'page') {
  // Functions as replacements: "$&" in a bundle must not mean anything.
  await write(output, page.replace('/*STYLE*/', () => style).replace('/*PROGRAM*/', () => program));
} else {
  await mkdir(output, {recursive: true});
  await write(join(output, 'index.html'), page);
  await write(join(output, 'style.css'), style);
  await write(join(output, 'main.js'), program);
}
