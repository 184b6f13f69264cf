import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runInProcess } from '../cli/inProcess.ts';
import { runCli, workplace } from '../system/cli.ts';
import { accountWith, type Rule, removeNamespace, whyNoIstio } from './cluster.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MANIFEST = readFileSync(path.join(ROOT, 'examples/ci/cronjob.yaml'), 'utf8');
const CLUSTER = process.env['MESHTAX_TEST_CLUSTER_DIR'];
const IMAGE = 'meshtax.local/meshtax:test';
const NAMESPACE = 'meshtax';
/** The user of the Job's container. */
const USER = 1000;

const whyNot = async () =>
  (await whyNoIstio()) ?? (CLUSTER === undefined ? 'needs MESHTAX_TEST_CLUSTER_DIR, to load an image with' : undefined);

const home = mkdtempSync(path.join(tmpdir(), 'meshtax-test-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cluster = (words: readonly string[], input?: string): string =>
  execFileSync(path.join(CLUSTER ?? '', 'cluster'), words, {
    encoding: 'utf8',
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  });
const kubectl = (words: readonly string[], input?: string): string => cluster(['kubectl', ...words], input);

/** What examples/ci/Dockerfile makes, by the cluster's own image builder: no container engine is needed. */
function loadImage(): void {
  const app = path.join(home, 'image', 'app');
  mkdirSync(app, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'dist', 'scenarios']) {
    cpSync(path.join(ROOT, name), path.join(app, name), { recursive: true });
  }
  execFileSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: app, stdio: 'pipe' });
  const images = path.join(homedir(), '.cache/meshtax-cluster/images');
  const base = readdirSync(images).find((name) => name.startsWith('node-')) ?? '';
  const archive = path.join(home, 'image.tar');
  const words = ['-t', IMAGE, '-o', archive, '-b', path.join(images, base), '-u', String(USER), '-w', '/app'];
  execFileSync(path.join(CLUSTER ?? '', 'mkimage'), [...words, path.join(home, 'image')], { stdio: 'pipe' });
  cluster(['load-image', archive]);
}

const SCENARIO = `# Is the budget held?
name: nightly
platform: kubernetes
treatments:
  - mesh: none
  - { mesh: istio, settings: { mtls: strict } }
load: { arrivalRate: 100/s, connections: 4, warmUp: 500ms, duration: 1s }
blocks: { min: 6 }
budgets: [{ metric: added-latency, percentile: p50, atMost: 1s }]
`;

/** The manifest with what every user of it puts in: image, scenario, and a volume of this cluster. */
function ownManifest(): string {
  const documents = parseAllDocuments(MANIFEST).map((document) => document.toJSON());
  const mine = documents.map((object) => {
    if (object.kind === 'ConfigMap') return { ...object, data: { 'scenario.yaml': SCENARIO } };
    if (object.kind === 'PersistentVolumeClaim') {
      return { ...object, spec: { ...object.spec, storageClassName: '', volumeName: 'meshtax-test-runs' } };
    }
    if (object.kind !== 'CronJob') return object;
    const [container] = object.spec.jobTemplate.spec.template.spec.containers;
    container.image = IMAGE;
    container.env = [...container.env, { name: 'MESHTAX_IMAGE', value: process.env['MESHTAX_IMAGE'] ?? '' }];
    return object;
  });
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'meshtax-test-runs' },
    spec: {
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: path.join(home, 'runs') },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  };
  return [volume, ...mine].map((object) => JSON.stringify(object)).join('\n---\n');
}

async function finished(job: string): Promise<{ exitCode: number; log: string }> {
  for (let waited = 0; waited < 400; waited += 2) {
    const pods = JSON.parse(kubectl(['get', 'pods', '-n', NAMESPACE, '-l', `job-name=${job}`, '-o', 'json']));
    const exitCode = pods.items[0]?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
    if (exitCode !== undefined) return { exitCode, log: kubectl(['logs', '-n', NAMESPACE, `job/${job}`]) };
    await sleep(2000);
  }
  throw new Error(`the Job did not finish: ${kubectl(['describe', 'pods', '-n', NAMESPACE])}`);
}

describe('the CronJob of examples/ci', () => {
  it('measures with its own account, and leaves the run on the volume, where report renders it', async (context) => {
    const reason = await whyNot();
    if (reason !== undefined) context.skip(reason);
    const runs = path.join(home, 'runs');
    mkdirSync(runs);
    chownSync(runs, USER, USER);
    loadImage();
    kubectl(['create', 'namespace', NAMESPACE]);
    try {
      kubectl(['apply', '-n', NAMESPACE, '-f', '-'], ownManifest());
      kubectl(['create', 'job', '-n', NAMESPACE, '--from=cronjob/meshtax', 'by-hand']);
      const { exitCode, log } = await finished('by-hand');
      expect([0, 4], log).toContain(exitCode);
      const [run = ''] = readdirSync(runs).filter((name) => /^\d/.test(name));
      const out = path.join(home, 'report');
      const { code, stdout } = await runInProcess(['report', path.join(runs, run), '--out', out]);
      expect(code).toBe(exitCode);
      expect(stdout).toContain('nightly');
      expect(readFileSync(path.join(out, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
      expect(readFileSync(path.join(runs, 'history.html'), 'utf8')).toContain('history of 1 run');
    } finally {
      kubectl(['delete', '-f', '-', '-n', NAMESPACE, '--wait=false', '--ignore-not-found'], ownManifest());
      await removeNamespace(NAMESPACE);
    }
  }, 600_000);

  const role: Rule[] = parseAllDocuments(MANIFEST)
    .map((document) => document.toJSON())
    .find(({ kind }) => kind === 'ClusterRole').rules;

  it('asks for no permission that check does not name, once it is taken away', async (context) => {
    const reason = await whyNot();
    if (reason !== undefined) context.skip(reason);
    const deniedBy = async (rules: Rule[]): Promise<string[]> => {
      const place = workplace();
      const account = await accountWith(place, 'meshtax-test-role', rules);
      try {
        const { stdout } = await runCli(place, ['check', '--platform', 'kubernetes', '--kubeconfig', account.file]);
        return deniedIn(stdout);
      } finally {
        await account.remove();
        rmSync(place.directory, { recursive: true });
      }
    };
    const whole = await deniedBy(role);
    // By the pod proxy, so without port-forward; the kubelet's own figures are not read.
    expect(whole).toEqual(['get nodes/proxy']);
    const named: Record<string, string[]> = {};
    const expected: Record<string, string[]> = {};
    for (const { name, rules } of eachLess(role)) {
      named[name] = (await deniedBy(rules)).filter((each) => !whole.includes(each));
      expected[name] = [name];
    }
    expect(named).toEqual(expected);
  }, 600_000);
});

/** The permissions that `check` says are not given, also those that the way to the agents lacks. */
function deniedIn(stdout: string): string[] {
  const flat = stdout.replace(/\s+/g, ' ');
  const own = [...stdout.matchAll(/may (\w+ [\w/.* ]+?)\n\s+not allowed/g)].map(([, name = '']) => name);
  const [, lacking = ''] = /the pod proxy lacks ([^;]*);/.exec(flat) ?? [];
  return [...own, ...lacking.split(', ').filter(Boolean)];
}

/** The role with one verb on one resource less, each in turn, by its name. */
function eachLess(role: readonly Rule[]): { name: string; rules: Rule[] }[] {
  const single = role.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
  );
  return single.map((less) => ({
    name: `${less.verb} ${less.resource}${less.group === '' ? '' : ` in ${less.group}`}`,
    rules: single
      .filter((each) => each !== less)
      .map(({ group, resource, verb }) => ({ apiGroups: [group], resources: [resource], verbs: [verb] })),
  }));
}
