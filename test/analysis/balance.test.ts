import { describe, expect, test } from 'vitest';
import { balanceDifference, balanceOf, costsOf, meanOf, trialsPerBlock } from '../../src/analysis/costs.ts';
import { judgeTrials } from '../../src/analysis/validity.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { comparableBlocks } from './fixtures/blocks.ts';
import { runFixture } from './fixtures/runs.ts';
import { trialFixture } from './fixtures/trials.ts';

const balanceOfTrials = (...trials: TrialRecord[]) => balanceOf(judgeTrials({ deployments: [], trials }));

function unread(trial: TrialRecord, role: string, missing: string): TrialRecord {
  for (const process of trial.processes) if (process.role === role) process.samples = { missing };
  return trial;
}

describe('the trials of a treatment per block', () => {
  const indices = (of: { treatment: string; isBaseline: boolean }) =>
    trialsPerBlock(comparableBlocks({ blocks: 2 }), of).map((trials) => trials.map(({ spec }) => spec.index));

  test('are one, or the two of the baseline, or none where it did not run', () => {
    expect(indices({ treatment: 'envoy', isBaseline: false })).toEqual([[2], [5]]);
    expect(indices({ treatment: 'none', isBaseline: true })).toEqual([
      [1, 3],
      [4, 6],
    ]);
    expect(indices({ treatment: 'other', isBaseline: false })).toEqual([[], []]);
  });
});

describe('the costs over blocks', () => {
  const meshed = (proxyMillicores: number) => trialFixture({ meshed: true, proxyMillicores });

  test('count a block with its mean, and none where the treatment did not run', () => {
    const blocks = [[meshed(10), meshed(30)], [], ...[30, 40, 50, 60, 70].map((each) => [meshed(each)])];
    expect(costsOf(blocks)[0]).toMatchObject({
      role: 'proxy',
      hop: 'client',
      cpuMillicores: { n: 6, low: expect.closeTo(20, 6), high: expect.closeTo(70, 6) },
    });
  });

  test('are of each role and hop that ran anywhere, the driver left out', () => {
    const trial = trialFixture({ meshed: true });
    const [proxy] = trial.processes;
    if (proxy === undefined) throw new Error('the fixture has no process');
    const agents = (['server', 'client'] as const).map((hop) => ({ ...proxy, role: 'proxy-agent' as const, hop }));
    trial.processes.push(...agents, { ...proxy, role: 'application', hop: 'client' });
    expect(costsOf([[trial]]).map(({ role, hop }) => `${role} ${hop}`)).toEqual([
      'proxy client',
      'proxy server',
      'proxy-agent client',
      'proxy-agent server',
      'application client',
      'application server',
    ]);
    expect(costsOf([])).toEqual([]);
  });
});

describe('the balance of the machine', () => {
  const balanced = (machine: number, proxies: number, rest: number) => ({
    machine: expect.closeTo(machine, 6),
    proxies: expect.closeTo(proxies, 6),
    applications: expect.closeTo(90, 6),
    driver: expect.closeTo(1000, 6),
    rest: expect.closeTo(rest, 6),
  });

  test('is the mean over the trials, a proxy’s agent among the proxies', () => {
    const first = trialFixture({ meshed: true, proxyMillicores: 70 });
    for (const process of first.processes)
      if (process.hop === 'client' && process.role === 'proxy') process.role = 'proxy-agent';
    const second = trialFixture({ meshed: true, proxyMillicores: 100 });
    expect(balanceOfTrials(first, second)).toEqual(balanced(1500, 180, 230));
  });

  test.each([
    ['proxy', 'proxies'],
    ['application', 'applications'],
    ['driver', 'driver'],
  ])('has no part and no rest where the samples of a %s are missing in one trial', (role, part) => {
    const found = balanceOfTrials(
      trialFixture({ meshed: true }),
      unread(trialFixture({ meshed: true }), role, 'EACCES'),
    );
    const missing = { missing: 'EACCES' };
    expect(found).toMatchObject({ [part]: missing, machine: expect.closeTo(1500, 6), rest: missing });
  });

  test('has no rest without the machine, nor without a trial', () => {
    const trial = trialFixture();
    trial.machine = { missing: 'no /proc/stat' };
    const missing = { missing: 'no /proc/stat' };
    expect(balanceOfTrials(trialFixture(), trial)).toMatchObject({ machine: missing, proxies: 0, rest: missing });
    const none = { missing: 'no valid trial' };
    expect(balanceOfTrials()).toEqual({
      machine: none,
      proxies: none,
      applications: none,
      driver: none,
      rest: none,
    });
  });

  test('says nothing of parts of which no process was recorded at all, as of an imported trial', () => {
    const none = { missing: 'no process was measured' };
    const trial = { ...trialFixture({ meshed: true }), processes: [] };
    expect(balanceOfTrials(trial)).toMatchObject({ proxies: none, applications: none, driver: none, rest: none });
  });

  test('of a treatment less that of its baseline is what it adds', () => {
    const own = { machine: 1700, proxies: 150, applications: 95, driver: 1010, rest: 445 };
    const baseline = { machine: 1500, proxies: 10, applications: 90, driver: 1000, rest: 400 };
    expect(balanceDifference(own, baseline)).toEqual({
      machine: 200,
      proxies: 140,
      applications: 5,
      driver: 10,
      rest: 45,
    });
    const [a, b] = [{ missing: 'a' }, { missing: 'b' }];
    expect(balanceDifference({ ...own, machine: a, rest: a }, { ...baseline, machine: b })).toMatchObject({
      machine: a,
      rest: a,
    });
    expect(balanceDifference(own, { ...baseline, machine: b })).toMatchObject({ machine: b, rest: 45 });
  });
});

test('a mean is missing as soon as one value is, or there is none', () => {
  expect([meanOf([1, 2, 6]), meanOf([1, { missing: 'a' }]), meanOf([])]).toEqual([
    3,
    { missing: 'a' },
    { missing: 'no valid trial' },
  ]);
});

test('a whole run is balanced from its valid trials', () => {
  const { deployments, trials } = runFixture({ blocks: 1 });
  expect(balanceOf(judgeTrials({ deployments, trials }))).toMatchObject({ proxies: expect.closeTo(50, 6) });
});
