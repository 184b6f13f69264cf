import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { bottleneckOf } from '../../src/analysis/bottleneck.ts';
import { judgeTrials } from '../../src/analysis/validity.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';

/** The fixture's machine is 1,500 millicores busy, its service takes 90, and the system under test has core 0. */
const driverMillicores = (run: ReturnType<typeof runFixture>): number => {
  const driver = run.trials[0]?.processes.find(({ role }) => role === 'driver');
  const samples = driver?.samples;
  if (!Array.isArray(samples)) throw new Error('no driver');
  const [first, last] = [samples[1], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no samples');
  return (last.cpuNs - first.cpuNs) / (last.atUs - first.atUs);
};

describe('the bottleneck', () => {
  test('is the component with the largest busy share of what it can use', () => {
    const run = runFixture({ cell: (asked) => ({ ...asked, proxyMillicores: 300 }) });
    const found = envoyOf(analyseRun(run)).bottleneck;
    // Two workers on one core can use that core only.
    expect(found).toMatchObject({
      component: 'core under test',
      busyShare: expect.closeTo((1500 - driverMillicores(run)) / 1000, 6),
      others: [
        { component: 'server proxy', busyShare: expect.closeTo(0.31, 6) },
        { component: 'client proxy', busyShare: expect.closeTo(0.3, 6) },
        { component: 'sample service', busyShare: expect.closeTo(0.09, 6) },
      ],
    });
  });

  test('takes each worker for a core where the cores under test are not known', () => {
    const run = runFixture({ cell: (asked) => ({ ...asked, proxyMillicores: 300 }) });
    run.run.platform.affinity = { missing: 'not pinned' };
    expect(envoyOf(analyseRun(run)).bottleneck).toMatchObject({
      component: 'server proxy',
      busyShare: expect.closeTo(0.155, 6),
    });
  });

  test('is not known while one component is not: that one may be it', () => {
    const run = runFixture();
    const proxy = run.trials[1]?.processes.find(({ role, hop }) => role === 'proxy' && hop === 'client');
    if (proxy === undefined) throw new Error('no proxy');
    proxy.samples = { missing: 'process 41 could not be read' };
    expect(envoyOf(analyseRun(run)).bottleneck).toEqual({
      missing: 'how busy the client proxy was is not known: process 41 could not be read',
    });
  });

  test('is the median over the trials, with a proxy of many workers held against the cores there are', () => {
    // Blocks at 100, 200 and 700 millicores; the server proxy takes 10 more.
    const run = runFixture({
      blocks: 3,
      cell: (asked) => ({ ...asked, proxyMillicores: [100, 200, 700][asked.block - 1] ?? 0 }),
    });
    run.run.platform.affinity = { driver: [0], system: [1, 2] };
    for (const deployment of run.deployments) {
      deployment.expectation.concurrency = null;
      deployment.proxies = deployment.proxies.map((proxy) => {
        const workers = proxy.hop === 'server' ? 1 : 4;
        return { ...proxy, concurrencyAsked: workers, concurrencyEffective: workers };
      });
    }
    expect(envoyOf(analyseRun(run)).bottleneck).toEqual({
      component: 'cores under test',
      busyShare: expect.closeTo(0.25, 6),
      others: [
        { component: 'server proxy', busyShare: expect.closeTo(0.21, 6) },
        { component: 'client proxy', busyShare: expect.closeTo(0.1, 6) },
        { component: 'sample service', busyShare: expect.closeTo(0.09, 6) },
      ],
    });
  });

  test('tells several services apart', () => {
    const run = runFixture();
    for (const trial of run.trials) {
      const first = trial.processes.find(({ role }) => role === 'application');
      if (first === undefined || !Array.isArray(first.samples)) throw new Error('no service');
      const samples = first.samples.map((sample) => ({ ...sample, cpuNs: 10 * sample.cpuNs }));
      trial.processes.push({ ...first, pod: 'server-2', hop: 'server-2', samples });
    }
    const found = envoyOf(analyseRun(run)).bottleneck;
    expect(found).toMatchObject({ component: 'service of server-2', busyShare: expect.closeTo(0.9, 6) });
    expect(found).toMatchObject({
      others: expect.arrayContaining([{ component: 'service of server', busyShare: expect.closeTo(0.09, 6) }]),
    });
  });

  test.each<[string, (run: ReturnType<typeof runFixture>) => void, string]>([
    [
      'the workers of a proxy',
      ({ deployments }) => {
        for (const deployment of deployments) {
          deployment.proxies = deployment.proxies.map((proxy) => ({
            ...proxy,
            concurrencyEffective: { missing: 'no answer' },
          }));
        }
      },
      'how busy the client proxy was is not known: its workers are not known',
    ],
    [
      'the proxy itself',
      ({ trials }) => {
        for (const trial of trials) trial.processes = trial.processes.filter(({ role }) => role !== 'proxy');
      },
      'how busy the client proxy was is not known: no such process was recorded',
    ],
    [
      'the machine',
      ({ trials }) => {
        for (const trial of trials) trial.machine = { missing: 'no /proc/stat' };
      },
      'how busy the core under test was is not known: no /proc/stat',
    ],
    [
      'the driver',
      ({ trials }) => {
        for (const process of trials.flatMap(({ processes }) => processes)) {
          if (process.role === 'driver') process.samples = { missing: 'EACCES' };
        }
      },
      'how busy the core under test was is not known: EACCES',
    ],
  ])('is not known without %s', (_what, change, missing) => {
    const run = runFixture({ blocks: 1 });
    const judged = judgeTrials(run).filter(({ record }) => record.spec.cell.treatment === 'envoy');
    change(run);
    expect(bottleneckOf(run.run, judged)).toEqual({ missing });
  });

  test('is not known where nothing was watched', () => {
    const run = runFixture({ blocks: 1 });
    run.run.platform.affinity = { missing: 'not pinned' };
    const [bare] = judgeTrials(run);
    if (bare === undefined) throw new Error('no trial');
    bare.record.processes = [];
    expect(bottleneckOf(run.run, [bare])).toEqual({ missing: 'no process was watched' });
    expect(bottleneckOf(run.run, [{ ...bare, deployment: undefined }])).toEqual({ missing: 'no process was watched' });
  });

  test('needs a valid trial', () => {
    expect(envoyOf(analyseRun({ ...runFixture(), trials: [], deployments: [] })).bottleneck).toEqual({
      missing: 'no valid trial',
    });
  });
});
