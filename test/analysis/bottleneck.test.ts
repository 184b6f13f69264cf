import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
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

  test('needs a valid trial', () => {
    expect(envoyOf(analyseRun({ ...runFixture(), trials: [], deployments: [] })).bottleneck).toEqual({
      missing: 'no valid trial',
    });
  });
});
