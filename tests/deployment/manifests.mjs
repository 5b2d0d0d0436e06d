// manifests.mjs DEPLOY OUTPUT.ts: checks compose.yaml against the files and variables that it names,
// and the manifests of Kubernetes by the values that its API takes, by each other, and by the Pod
// Security Standard "restricted". Writes them as TypeScript that compiles only if the API has every
// field.
import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse, parseAllDocuments} from 'yaml';

const [deploy, output] = process.argv.slice(2);
const faults = [];
const expect = (holds, fault) => holds || faults.push(fault);

function checkCompose() {
  const text = readFileSync(join(deploy, 'compose.yaml'), 'utf8');
  const offered = readFileSync(join(deploy, '.env.example'), 'utf8').match(/^\w+(?==$)/gm);
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(match => match[1]));
  expect(used.size === offered.length && offered.every(name => used.has(name)),
    `compose.yaml uses ${[...used]}, .env.example has ${offered}`);
  const compose = parse(text, {merge: true});
  for (const [name, service] of Object.entries(compose.services)) {
    for (const [variable, value] of Object.entries(service.environment ?? {}))
      expect(!/PASSWORD/.test(variable) || /^\$\{\w+:\?/.test(value),
        `${name}: ${variable} is not from .env`);
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(':');
      expect(source.startsWith('.') ? existsSync(join(deploy, source)) : source in compose.volumes,
        `${name}: there is no ${source}`);
    }
    expect(/:v?\d/.test(service.image), `${name}: the image has no version`);
    expect(service.restart === 'no' || service.healthcheck, `${name}: has no health check`);
    expect((service.ports ?? []).every(port => port.startsWith('127.0.0.1:')),
      `${name}: is published beyond this machine`);
  }
}

const folder = join(deploy, 'kubernetes');
const {resources: files} = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
const objects = files.flatMap(file =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(object => object.toJS()));
const podOf = object => object.spec?.template?.spec;
const includes = (labels, wanted) => Object.entries(wanted).every(([key, value]) => labels[key] === value);

function checkRestricted(name, pod) {
  const {runAsNonRoot, runAsUser, seccompProfile} = pod.securityContext;
  expect(runAsNonRoot === true && runAsUser > 0, `${name}: may run as root`);
  expect(seccompProfile.type === 'RuntimeDefault', `${name}: has no seccomp profile`);
  expect(pod.automountServiceAccountToken === false, `${name}: has a token of the cluster's`);
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    const security = container.securityContext;
    expect(security.allowPrivilegeEscalation === false && security.readOnlyRootFilesystem === true &&
      security.capabilities.drop.includes('ALL'), `${name}: ${container.name} is not restricted`);
    expect(container.resources.limits.memory, `${name}: ${container.name} has no limit of memory`);
  }
}

// What an object names must be there.
function checkReferences() {
  const pods = objects.filter(podOf).map(object => object.spec.template);
  const configs = objects.filter(object => object.kind === 'ConfigMap').map(object => object.metadata.name);
  for (const pod of pods)
    for (const volume of pod.spec.volumes ?? [])
      expect(!volume.configMap || configs.includes(volume.configMap.name),
        `there is no ConfigMap ${volume.configMap?.name}`);
  for (const {kind, metadata, spec} of objects) {
    const selector = kind === 'Service' ? spec.selector
      : kind === 'StatefulSet' || kind === 'PodDisruptionBudget' ? spec.selector.matchLabels
      : kind === 'NetworkPolicy' ? spec.podSelector.matchLabels : undefined;
    const selected = selector && pods.filter(pod => includes(pod.metadata.labels, selector));
    expect(selected?.length !== 0, `${kind} ${metadata.name} selects nothing`);
    if (kind !== 'Service') continue;
    const ports = selected.flatMap(pod => pod.spec.containers.flatMap(container => container.ports));
    for (const port of spec.ports)
      expect(ports.some(({name, containerPort}) => name === port.targetPort && containerPort === port.port),
        `Service ${metadata.name}: no pod has the port ${port.name}`);
  }
}

async function checkKubernetes() {
  expect(files.length + 1 === readdirSync(folder).length, 'kustomization.yaml does not name every file');
  const lines = [];
  for (const [index, object] of objects.entries()) {
    const name = `${object.kind} ${object.metadata.name}`;
    expect(object.kind !== 'Secret', `${name}: secrets are no files`);
    const model = (await import(`kubernetes-models/${object.apiVersion}`))[object.kind];
    try {
      new model(object).validate();
    } catch (error) {
      faults.push(`${name}: ${error.message}`);
    }
    lines.push(`export const object${index}: import('kubernetes-models/${object.apiVersion}').` +
      `I${object.kind} = ${JSON.stringify(object, null, 1)};`);
    if (podOf(object)) checkRestricted(name, podOf(object));
  }
  checkReferences();
  writeFileSync(output, lines.join('\n') + '\n');
}

checkCompose();
await checkKubernetes();
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`compose.yaml and ${objects.length} objects of Kubernetes are sound.`);
