import { describe, expect, it } from 'vitest';
import { type Asked, envoysOf, figuresOf, varied, verdictOn, wordsOf } from './fixtures/budgets.ts';
import { runFixture } from './fixtures/runs.ts';
import { failRequests } from './fixtures/trials.ts';

describe('CPU for each 1,000 requests a second', () => {
  it('is that of the costliest proxy, divided by the achieved rate in thousands', () => {
    // 2,000 requests in 4 s are 500/s: the server's 81 to 86 millicores are 162 to 172 for each 1,000/s.
    const run = varied({ requests: 2000 });
    const verdict = verdictOn({ metric: 'proxy-cpu-per-1000-rps', atMost: 172 }, run);
    expect([figuresOf(verdict), verdict.verdict, verdict.because]).toEqual([
      [167, 162, 172],
      'within',
      'server proxy, the costliest, at 1,000/s: the whole interval, 162 to 172 millicores per 1,000/s, is at or under 172 millicores per 1,000/s',
    ]);
    expect(wordsOf({ metric: 'proxy-cpu-per-1000-rps' }, run, [161.9, 162, 171.9])).toEqual([
      'over',
      'inconclusive',
      'inconclusive',
    ]);
  });
});

describe('what a fleet uses', () => {
  it('is its pods times the mean sidecar of the run, of CPU', () => {
    // Mean of the two sidecars in block b: (70 + b + 80 + b) / 2 = 75 + b, so 76 to 81; times 10 pods.
    const verdict = verdictOn({ metric: 'fleet-cpu-used', pods: 10, atMost: 1000 }, varied());
    expect([figuresOf(verdict), verdict.verdict, verdict.because]).toEqual([
      [785, 760, 810],
      'within',
      "10 pods, taken to carry this run's load of 1,000/s each: the whole interval, 0.76 to 0.81 cores, is at or under 1 core",
    ]);
    expect(wordsOf({ metric: 'fleet-cpu-used', pods: 10 }, varied(), [759, 785])).toEqual(['over', 'inconclusive']);
  });

  it('is of 100 pods unless told, of memory', () => {
    // Mean of 48 + b and 49 + b MB: 49.5 to 54.5 MB, times 100.
    const verdict = verdictOn({ metric: 'fleet-memory-used', pods: 100, atMost: 6e9 }, varied());
    expect([figuresOf(verdict), verdict.verdict]).toEqual([[5.2e9, 4.95e9, 5.45e9], 'within']);
    const { pods: _, ...unsaid } = { ...verdict.line };
    expect(figuresOf(verdictOn(unsaid, varied()))).toEqual([5.2e9, 4.95e9, 5.45e9]);
  });

  it('counts a proxy’s agent with it, and the pods by their proxies', () => {
    const run = varied();
    for (const trial of envoysOf(run)) {
      const server = trial.processes.find(({ role, hop }) => role === 'proxy' && hop === 'server');
      if (server === undefined) throw new Error('no proxy');
      trial.processes.push({ ...server, role: 'proxy-agent' });
    }
    // (70 + b + 80 + b + 80 + b) / 2 = 115 + 1.5 b: 116.5 to 124.
    const verdict = verdictOn({ metric: 'fleet-cpu-used', pods: 1, atMost: 1000 }, run);
    expect(figuresOf(verdict)).toEqual([120.25, 116.5, 124]);
  });

  it('is inconclusive while one sidecar is not known', () => {
    const run = varied();
    for (const process of envoysOf(run)[0]?.processes ?? []) {
      if (process.role === 'proxy') process.samples = { missing: 'permission denied' };
    }
    expect(verdictOn({ metric: 'fleet-cpu-used', atMost: 1000 }, run)).toMatchObject({
      verdict: 'inconclusive',
      because: 'permission denied',
    });
  });
});

describe('what a fleet reserves', () => {
  const reserving = (requests: (proxy: number) => Record<string, string> | undefined) => {
    const run = runFixture();
    for (const { proxies } of run.deployments) {
      for (const [index, proxy] of proxies.entries()) {
        const own = requests(index);
        if (own !== undefined) proxy.requests = own;
      }
    }
    return run;
  };
  const typical = () => ({ cpu: '100m', memory: '128Mi' });

  it('is its pods times what a sidecar of the run reserves: 100 x 100m = 10 cores, 100 x 128Mi = 12.5 GiB', () => {
    const cpu = verdictOn({ metric: 'fleet-cpu-reserved', pods: 100, atMost: 10_000 }, reserving(typical));
    expect([figuresOf(cpu), cpu.verdict, cpu.because]).toEqual([
      [10_000, 10_000, 10_000],
      'within',
      '100 pods, whose sidecars reserve 100 millicores each: 10 cores is at or under 10 cores',
    ]);
    const memory = verdictOn({ metric: 'fleet-memory-reserved', pods: 100, atMost: 12e9 }, reserving(typical));
    expect([figuresOf(memory), memory.verdict, memory.because]).toEqual([
      [13_421_772_800, 13_421_772_800, 13_421_772_800],
      'over',
      '100 pods, whose sidecars reserve 128 MiB each: 12.5 GiB is above 11.176 GiB; no fresh blocks were run to confirm it',
    ]);
  });

  it('is what the line assumes where the sidecars of the run reserve nothing, and says so', () => {
    const line: Asked = { metric: 'fleet-cpu-reserved', pods: 100, atMost: 10_000, assumedRequest: 100 };
    const verdict = verdictOn(line, runFixture());
    expect([figuresOf(verdict), verdict.verdict, verdict.because]).toEqual([
      [10_000, 10_000, 10_000],
      'within',
      '100 pods of 100 millicores each, as the line assumes since the sidecars of this run reserve nothing: 10 cores is at or under 10 cores',
    ]);
    // What is reserved stands before what is assumed.
    expect(
      figuresOf(
        verdictOn(
          line,
          reserving(() => ({ cpu: '0.2' })),
        ),
      ),
    ).toEqual([20_000, 20_000, 20_000]);
  });

  it.each(['fleet-cpu-reserved', 'fleet-memory-reserved'] as const)('is known without a valid block: %s', (metric) => {
    const run = reserving(typical);
    for (const trial of run.trials) failRequests(trial, 400);
    expect(verdictOn({ metric, pods: 1, atMost: 128 * 2 ** 20 }, run).verdict).toBe('within');
  });

  it('is not known where nothing is reserved or assumed, and where some sidecars reserve and others do not', () => {
    expect(verdictOn({ metric: 'fleet-cpu-reserved', atMost: 1 }, runFixture())).toMatchObject({
      verdict: 'inconclusive',
      because: 'the sidecars of this run reserve nothing',
    });
    const half = reserving((proxy) => (proxy === 0 ? { cpu: '100m' } : undefined));
    expect(verdictOn({ metric: 'fleet-cpu-reserved', atMost: 1, assumedRequest: 100 }, half)).toMatchObject({
      verdict: 'inconclusive',
      because: 'some sidecars of this run reserve nothing, others do',
    });
  });

  it('lies between the smallest and the largest request where sidecars reserve differently', () => {
    const uneven = reserving((proxy) => ({ cpu: proxy === 0 ? '100m' : '300m' }));
    const verdict = verdictOn({ metric: 'fleet-cpu-reserved', pods: 10, atMost: 2000 }, uneven);
    expect([figuresOf(verdict), verdict.verdict]).toEqual([[2000, 1000, 3000], 'inconclusive']);
  });
});
