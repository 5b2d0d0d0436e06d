// Bundles the folder SOURCE into one HTML file: node bundle.mjs SOURCE OUTPUT.
// Runs where `npm ci` ran: modules come from the folder node_modules beside this file.
import {readFile, rename, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import * as esbuild from 'esbuild';

const [source, output] = process.argv.slice(2);
const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');

async function bundle(entry) {
  const result = await esbuild.build({
    entryPoints: [join(source, entry)],
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

const style = await bundle('style.css');
const program = await bundle('main.js');
// Functions as replacements: "$&" in a bundle must not mean anything.
const page = (await readFile(join(source, 'index.html'), 'utf8'))
    .replace('/*STYLE*/', () => style)
    .replace('/*PROGRAM*/', () => program);

await writeFile(`${output}.part`, page);
await rename(`${output}.part`, output);
