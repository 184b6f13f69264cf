import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figuresSchema, figuresText } from '../../src/history/figures.ts';
import { isMissing } from '../../src/record/measured.ts';
import { whyNoEnvoy } from './cli.ts';
import { runAction } from './compositeAction.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const home = mkdtempSync(path.join(tmpdir(), 'meshtax-test-'));
const action = path.join(home, 'action');
const workspace = path.join(home, 'workspace');
let runs = 0;
let isBuilt = false;
/** Folder of a run of this machine that had blocks enough. */
let fairRun: string | undefined;

const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8', stdio: 'pipe' });

/** The files that a checkout of this state would have, so that the action installs and builds itself from nothing. */
function checkOut(): void {
  const listed = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean);
  for (const name of listed) {
    const from = path.join(ROOT, name);
    if (existsSync(from) && name !== 'node_modules') cpSync(from, path.join(action, name));
  }
}

const scenario = (budget: string, load = '') => `# Is the budget held?
name: nightly
treatments:
  - mesh: none
  - { mesh: envoy, settings: { mtls: strict, concurrency: 1 } }
load: { arrivalRate: 300/s, connections: ${load === '' ? 4 : 16}, warmUp: 500ms, duration: 1s${load} }
blocks: { min: 6 }
budgets: [${budget}]
`;

const SCENARIOS: Record<string, string> = {
  within: scenario('{ metric: added-latency, percentile: p50, atMost: 500ms }'),
  over: scenario('{ metric: added-latency, percentile: p50, atMost: 1us }'),
  inconclusive: scenario('{ metric: added-latency, percentile: p999, atMost: 500ms }'),
  'cannot-run': scenario('{ metric: added-latency, percentile: p50, atMost: 500ms }', ', workers: 16'),
};

beforeAll(() => {
  if (whyNoEnvoy() !== undefined) return;
  checkOut();
  mkdirSync(path.join(workspace, 'mesh'), { recursive: true });
  for (const [name, text] of Object.entries(SCENARIOS)) {
    writeFileSync(path.join(workspace, 'mesh', `${name}.yaml`), text);
  }
  git(workspace, 'init', '--quiet');
  git(workspace, 'add', '.');
  git(workspace, '-c', 'user.name=job', '-c', 'user.email=job@localhost', 'commit', '--quiet', '-m', 'scenarios');
}, 60_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

function job(name: string, inputs: Record<string, string> = {}, measured?: Readonly<Record<string, string>>) {
  runs += 1;
  const env = { XDG_STATE_HOME: path.join(home, 'state') };
  const place = { action, workspace, runner: path.join(home, `runner-${runs}`), env };
  const isLeftOut = (step: string) =>
    (isBuilt && step.startsWith('Build')) || (measured !== undefined && step.startsWith('Measure'));
  const given = Object.fromEntries(
    Object.entries(measured ?? {}).map(([output, value]) => [`steps.measure.outputs.${output}`, value]),
  );
  const ran = runAction(place, { scenario: `mesh/${name}.yaml`, ...inputs }, { isLeftOut, given });
  isBuilt = existsSync(path.join(action, 'dist/cli/main.js'));
  return ran;
}

/** What a reader of the job's summary gets first, whatever the figures of this machine: numbers are `#`. */
function headOf(summary: string): string {
  const [head = ''] = summary.split(/^(?:## |<details>)/m);
  return `${head.trim().replaceAll(/\d[\d.,]*(?<!,)/g, '#')}\n`;
}

/** A host that stalls too much gives no fair trial, and then every verdict is inconclusive, rightly so. */
function whyUnfair(run: string): string | undefined {
  const results = JSON.parse(readFileSync(path.resolve(workspace, run, 'results.json'), 'utf8'));
  const [{ blocksValid = 0 } = {}] = results.loads;
  if (blocksValid < 6) return `this machine gave ${blocksValid} valid blocks of the 6 that a verdict needs`;
  const [untold] = results.verdicts.flatMap(
    ({ confirmation }: { confirmation?: { estimate?: object; because: string } }) =>
      confirmation === undefined || confirmation.estimate !== undefined ? [] : [confirmation],
  );
  return untold === undefined ? undefined : `this machine spoilt the confirmation: ${untold.because}`;
}

const runsIn = (history: string) =>
  readdirSync(path.join(workspace, history))
    .filter((name) => /^\d/.test(name))
    .sort();

/**
 * Twelve runs of the days before and one of a minute ago, which all are this run with every figure
 * times `past` (which wanders by a third) or `newest`. A later run of this machine goes on with them.
 * @returns the name of the newest one's folder
 */
function historyOf(run: string, directory: string, scale: { past: number; newest: number }): string {
  const figures = figuresSchema.parse(JSON.parse(readFileSync(path.join(run, 'figures.json'), 'utf8')));
  let name = '';
  for (let ago = 12; ago >= 0; ago -= 1) {
    const startedAt = new Date(Date.now() - 60_000 - ago * 86_400_000).toISOString();
    const factor = ago === 0 ? scale.newest : scale.past * (1 + 0.3 * ((ago % 3) - 1));
    const times = (value: number) => value * factor;
    name = `${startedAt.slice(0, 19).replaceAll(':', '-')}-${figures.scenario}-0000`;
    const quantities = figures.quantities.map((quantity) => {
      const { value } = quantity;
      if (isMissing(value)) return quantity;
      return {
        ...quantity,
        value: { ...value, point: times(value.point), low: times(value.low), high: times(value.high) },
      };
    });
    mkdirSync(path.join(directory, name), { recursive: true });
    const own = { ...figures, runId: name, startedAt, endedAt: startedAt, quantities };
    writeFileSync(path.join(directory, name, 'figures.json'), figuresText(own));
  }
  return name;
}

const kept = (name: string) => path.join(import.meta.dirname, 'actionSummaries', `${name}.md`);

describe('the steps of action.yml in a repository', () => {
  it.for([
    ['within', 0, 'within'],
    ['over', 1, 'over'],
    ['inconclusive', 4, 'inconclusive'],
  ] as const)('%s: the job ends with %i', { timeout: 300_000 }, async ([name, code, verdict], context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const ran = job(name, { history: '.meshtax' });
    const unfair = whyUnfair(ran.outputs['run'] ?? '');
    if (unfair !== undefined) context.skip(unfair);
    expect([ran.code, ran.outputs['verdict']], ran.log).toEqual([code, verdict]);
    expect(readFileSync(path.resolve(workspace, ran.outputs['report'] ?? ''), 'utf8')).toMatch(/^<!doctype html>/);
    expect(ran.log).toMatch(/^::(notice|warning|error) title=meshtax nightly%3A /m);
    expect(ran.outputs['run']).toMatch(/^\.meshtax\/\d/);
    expect(ran.summary).toMatch(/^Not judged/m);
    await expect(headOf(ran.summary)).toMatchFileSnapshot(kept(name));
    if (name === 'within') fairRun = path.resolve(workspace, ran.outputs['run'] ?? '');
  });

  it.for([
    ['a second run repeats it', 1, { past: 0.3, newest: 1 }, 'within', /^Regression: /m, /^::error .*a second run/m],
    ['a second run does not', 0, { past: 1, newest: 4 }, 'within', /^No regression: /m, undefined],
    ['no second run is had', 4, { past: 1, newest: 4 }, 'cannot-run', /^Suspected, not confirmed: /m, /^::warning /m],
  ] as const)('suspected by its history, where %s: the job ends with %i', { timeout: 300_000 }, (row, context) => {
    const [why, code, scale, name, says, annotation] = row;
    if (fairRun === undefined) return context.skip('there is no fair run to make a history of');
    const history = `.history-${code}`;
    const run = historyOf(fairRun, path.join(workspace, history), scale);
    const ran = job(name, { history }, { code: '0', verdict: 'within', run: path.join(history, run) });
    if (name === 'within') {
      const second = runsIn(history).at(-1) ?? '';
      expect(second > run, ran.log).toBe(true);
      const unfair = whyUnfair(path.join(history, second));
      if (unfair !== undefined) context.skip(unfair);
    }
    expect(ran.log).toContain('suspected in this run alone: measuring once more');
    expect([why, ran.code], ran.log).toEqual([why, code]);
    expect(ran.summary).toMatch(says);
    if (annotation === undefined) expect(ran.log).not.toMatch(/^::/m);
    else expect(ran.log).toMatch(annotation);
  });

  it('a machine that cannot run it: the job ends with 3, and its summary says why', {
    timeout: 300_000,
  }, async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    if (availableParallelism() > 16) context.skip('this machine has cores enough for it');
    const ran = job('cannot-run', { 'fail-on': 'never' });
    expect([ran.code, ran.outputs['verdict'], ran.outputs['report']], ran.log).toEqual([3, 'not-run', '']);
    await expect(headOf(ran.summary)).toMatchFileSnapshot(kept('cannot-run'));
  });

  it.for([
    ['platform', 'docker', 2, "platform is 'docker'"],
    ['fail-on', 'sometimes', 2, "fail-on is 'sometimes'"],
  ] as const)('a wrong %s is refused', { timeout: 300_000 }, ([input, value, code, says], context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const ran = job('cannot-run', { [input]: value });
    expect([ran.code, ran.log.includes(says)], ran.log).toEqual([code, true]);
  });
});
