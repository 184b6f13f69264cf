import { describe, expect, it } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import type { BudgetVerdict } from '../../src/analysis/result.ts';
import type { DeploymentRecord } from '../../src/record/runRecord.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, failRequests, trialFixture } from './fixtures/trials.ts';

type Asked = Pick<BudgetLine, 'metric'> & Partial<BudgetLine>;

/** The verdict on one line over a run; the rest of the run goes as it is. */
function verdictOn(asked: Asked, run: AnalysedRun): BudgetVerdict {
  const line: BudgetLine = { role: 'required', source: 'scenario', ...asked };
  const scenario = { ...run.scenario, budgets: { name: 'inline', lines: [line] } };
  const [verdict, ...others] = analyseRun({ ...run, scenario }).verdicts;
  if (verdict === undefined || others.length > 0) throw new Error(`${others.length} other verdicts`);
  return verdict;
}

/** Point, low and high as whole numbers; the six blocks' values stand evenly about their middle in these tests. */
function figuresOf({ estimate }: BudgetVerdict): unknown {
  if ('missing' in estimate) return estimate.missing;
  return [estimate.point, estimate.low, estimate.high].map((value) => Number(value.toPrecision(9)));
}

const wordsOf = (asked: Asked, run: AnalysedRun, limits: readonly number[]) =>
  limits.map((atMost) => verdictOn({ ...asked, atMost }, run).verdict);

const envoysOf = ({ trials }: { trials: TrialRecord[] }) =>
  trials.filter(({ spec }) => spec.cell.treatment === 'envoy');

/** In block b the client's proxy takes 70 + b millicores and 48 + b MB, the server's 10 millicores and 1 MB more. */
const varied = (rest: { requests?: number } = {}) =>
  runFixture({
    cell: (asked) => ({
      ...asked,
      ...rest,
      proxyMillicores: 70 + asked.block,
      proxyRssBytes: 48e6 + 1e6 * asked.block,
    }),
  });

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
      "10 pods, taken to carry this run's load of 1,000/s each: the whole interval, 0.76 to 0.81 cores, is at or under 1 cores",
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

describe('the success rate', () => {
  const share = (run: AnalysedRun, atLeast: number) => verdictOn({ metric: 'success-rate', atLeast }, run);

  /** In block b, 2b of 4,000 requests fail: shares of 0.9995 down to 0.997. */
  const failing = () => {
    const run = runFixture();
    for (const trial of envoysOf(run)) failRequests(trial, 2 * trial.spec.block);
    return run;
  };

  it('counts the trials that failed requests took from the comparison', () => {
    const run = failing();
    expect(figuresOf(share(run, 0.99))).toEqual([0.99825, 0.997, 0.9995]);
    expect(analyseRun(run).loads[0]?.blocksValid).toBe(2);
  });

  it('is within, inconclusive or over by its whole interval, in words for a lower limit', () => {
    expect(share(failing(), 0.9995).verdict).toBe('inconclusive');
    expect([0.997, 0.998, 0.9996].map((atLeast) => share(failing(), atLeast))).toMatchObject([
      { verdict: 'within', because: 'the whole interval, 99.70 to 99.95 %, is at or above 99.7 %' },
      { verdict: 'inconclusive', because: 'the interval, 99.70 to 99.95 %, holds values on both sides of 99.8 %' },
      {
        verdict: 'over',
        because:
          'the whole interval, 99.70 to 99.95 %, is under the 99.96 % that the budget asks; no fresh blocks were run to confirm it',
      },
    ]);
  });

  it('of requests that were all answered is no better than their number can show', () => {
    // 1 - 0.025^(1/24,000) of 24,000 requests may fail and yet none be seen to: the low end is 0.999846.
    expect(figuresOf(share(runFixture(), 0.99))).toEqual([1, Number((0.025 ** (1 / 24_000)).toPrecision(9)), 1]);
    expect([0.9998, 0.9999].map((atLeast) => share(runFixture(), atLeast).verdict)).toEqual(['within', 'inconclusive']);
  });

  it('keeps the failures of an attempt that was repeated', () => {
    const run = runFixture();
    const first = trialFixture({ index: 99, meshed: true });
    failRequests(first, 400);
    const [again] = envoysOf(run);
    if (again === undefined) throw new Error('no trial');
    again.spec.attempt = 2;
    const { estimate } = share({ ...run, trials: [first, ...run.trials] }, 0.99);
    // Block 1: (3,600 + 4,000) / 8,000.
    expect(estimate).toMatchObject({ point: 1, low: 0.95 });
  });

  it('leaves out a trial that was spoilt by something else, and one whose proof failed makes it inconclusive', () => {
    const undriven = failing();
    const unsent = envoysOf(undriven)[0]?.clients[0]?.segments.find(({ measured }) => measured);
    if (unsent === undefined) throw new Error('no window');
    unsent.counts = { ...unsent.counts, scheduled: 4100, unsent: 100 };
    expect(share(undriven, 0.99).because).toBe(
      'only 5 blocks with a trial that is fair but for failed requests, a 95 % interval needs 6',
    );
    const unproven = failing();
    const control = envoysOf(unproven)[0]?.controls[0];
    if (control === undefined) throw new Error('no control');
    control.observed = { status: 200 };
    expect(share(unproven, 0.99)).toMatchObject({
      verdict: 'inconclusive',
      isInvalid: true,
      because: 'a proof failed in trial 2: the traffic did not go as the treatment says',
    });
  });

  it.each([
    [4004, 1],
    [4005, 0],
    [0, 0],
  ])('counts a trial of 4,000 sent of %i scheduled requests: %i', (scheduled, counted) => {
    const run = runFixture();
    const window = envoysOf(run)[0]?.clients[0]?.segments.find(({ measured }) => measured);
    if (window === undefined) throw new Error('no window');
    if (scheduled === 0) window.counts = { scheduled: 4000, sent: 0, completed: 0, failed: 0, unsent: 0 };
    else window.counts = { ...window.counts, scheduled };
    const { estimate } = share(run, 0.9);
    expect('missing' in estimate ? 5 : estimate.n).toBe(5 + counted);
  });

  it('takes a request that was tried again by a proxy for what its client saw', () => {
    const run = runFixture();
    const seen = envoysOf(run)[0]?.services[0]?.tally;
    if (seen === undefined || 'missing' in seen) throw new Error('no tally');
    seen.requests += 3;
    for (const row of seen.byIdentity) row.requests += 3;
    expect(share(run, 0.999).verdict).toBe('within');
  });

  it('takes an answer of the wrong size for none', () => {
    const run = runFixture();
    for (const trial of envoysOf(run)) {
      const window = trial.clients[0]?.segments.find(({ measured }) => measured);
      if (window !== undefined) window.payload.wrongSize = 40;
    }
    expect(share(run, 0.9)).toMatchObject({ verdict: 'within', estimate: { point: 0.99 } });
  });
});

describe('set-up time', () => {
  /** In block b the envoy is ready after 1,000 + 100 b ms, the baselines after 400 and 600 ms. */
  const timed = () => {
    const run = runFixture();
    for (const trial of run.trials) {
      const { cell, block, deploymentId } = trial.spec;
      const deployment = run.deployments.find(({ id }) => id === deploymentId);
      if (deployment === undefined) throw new Error('no deployment');
      deployment.readyAfterMs = cell.treatment === 'envoy' ? 1000 + 100 * block : 400 + 200 * cell.replica;
    }
    return run;
  };

  it('is the time until the first deployment of each block was ready', () => {
    const verdict = verdictOn({ metric: 'set-up-time', atMost: 1_600_000 }, timed());
    expect([figuresOf(verdict), verdict.verdict, verdict.because]).toEqual([
      [1_350_000, 1_100_000, 1_600_000],
      'within',
      'the whole interval, 1.1 to 1.6 s, is at or under 1.6 s',
    ]);
    expect(wordsOf({ metric: 'set-up-time' }, timed(), [1_000_000, 1_500_000])).toEqual(['over', 'inconclusive']);
  });

  it('that is added is what the mean of the block’s baselines is taken from', () => {
    // 1,000 + 100 b - 500.
    const verdict = verdictOn({ metric: 'added-set-up-time', atMost: 2_000_000 }, timed());
    expect([figuresOf(verdict), verdict.verdict]).toEqual([[850_000, 600_000, 1_100_000], 'within']);
  });

  it('counts the first attempt of a block, and not the one that was measured', () => {
    const run = timed();
    const [again] = envoysOf(run);
    if (again === undefined) throw new Error('no trial');
    again.spec.attempt = 2;
    again.spec.index = 50;
    const first = trialFixture({ index: 2, meshed: true, deploymentId: 'slow' });
    const slow: DeploymentRecord = deploymentFixture('slow', { name: 'envoy', meshed: true });
    slow.readyAfterMs = 9000;
    // Records come in any order; the trials' numbers tell which was first.
    const trials = [...run.trials, first];
    const deployments = [...run.deployments, slow];
    expect(verdictOn({ metric: 'set-up-time', atMost: 2_000_000 }, { ...run, trials, deployments }).estimate).toEqual(
      expect.objectContaining({ low: 1_200_000, high: 9_000_000 }),
    );
  });

  it.each(['set-up-time', 'added-set-up-time'] as const)('is known without a valid block: %s', (metric) => {
    const run = timed();
    for (const trial of run.trials) failRequests(trial, 400);
    expect(verdictOn({ metric, atMost: 2_000_000 }, run).verdict).toBe('within');
  });

  it('is not known where one deployment served every block', () => {
    const run = runFixture({ cell: (asked) => ({ ...asked, deploymentId: `only-${asked.treatment}` }) });
    expect(verdictOn({ metric: 'set-up-time', atMost: 2_000_000 }, run)).toMatchObject({
      verdict: 'inconclusive',
      because: 'only 1 block with a deployment of its own, a 95 % interval needs 6',
    });
  });
});
