import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../temporary.ts';
import { copyOfExample, EXAMPLE, makeHostile } from './hostileRun.ts';
import { runInProcess } from './inProcess.ts';

const CLUSTER = path.resolve(import.meta.dirname, '../../reports/cluster');

const fleet = async (...words: string[]) => {
  const told = await runInProcess(['fleet', ...words]);
  return { ...told, flat: told.stdout.replace(/\s+/g, ' ') };
};

describe('meshtax fleet', () => {
  it('projects the example to 100 pods, what is reserved as documented since nothing is on one machine', async () => {
    const { code, stderr, stdout, flat } = await fleet(EXAMPLE);
    expect([code, stderr]).toEqual([0, '']);
    for (const said of [
      "envoy: 100 sidecars, 1,000/s through each [upstream Envoy 1.40.0 in Istio's sidecar topology, not Istio]",
      'CPU reserved 10 cores used 19.1 cores (18.6 to 19.8) the larger 19.1 cores (18.6 to 19.8) documented 10 cores',
      'limit — (the sidecars of this run have no limit)',
      'memory reserved 12.5 GiB used 6.95 GiB (6.90 to 6.96) the larger 12.5 GiB documented 12.5 GiB',
      'of each sidecar before the first request',
      '- Intervals: 95.1 % confidence over 10 blocks.',
      '- envoy: the sidecars of this run reserve nothing, so that each is taken to request the documented 100 millicores of CPU.',
    ]) {
      expect(flat).toContain(said);
    }
    expect(flat).not.toContain('money');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('ends with when not to mesh', async () => {
    const { flat } = await fleet(EXAMPLE);
    const [, last = ''] = flat.split('When not to mesh ');
    for (const title of ['Fewer than 10 services', 'Simple needs', 'Small machines', 'A young team']) {
      expect(last).toContain(`${title} this run`);
    }
    expect(last.match(/only you know/g)).toHaveLength(4);
    expect(last).toContain(
      'The sidecars of 10 pods of envoy, with 1,000/s through each, use 1.91 cores (1.86 to 1.98)',
    );
  });

  it('projects each treatment of a run in a cluster, with the requests and limits of its own sidecars', async () => {
    const { code, flat } = await fleet(CLUSTER);
    expect(code).toBe(0);
    for (const said of [
      'istio-permissive: 100 sidecars, 750/s through each',
      'CPU reserved 10 cores used 20.2 cores (18.0 to 22.9) the larger 20.2 cores (18.0 to 22.9) documented 10 cores limit 200 cores',
      'memory reserved 12.5 GiB used 10.00 GiB (9.92 to 10.08) the larger 12.5 GiB documented 12.5 GiB limit 100 GiB',
      'istio-strict: 100 sidecars, 750/s through each',
      'istio-strict: each sidecar requests as much CPU as those of this run.',
    ]) {
      expect(flat).toContain(said);
    }
  });

  it('says what it assumes once, however many treatments there are', async () => {
    const { flat } = await fleet(CLUSTER);
    expect(flat.match(/Sidecars alone are counted/g)).toHaveLength(1);
  });

  it('gives no CPU at a rate that was not measured where there is no line, and what can be said all the same', async () => {
    const { code, flat } = await fleet(CLUSTER, '--rate', '500/s');
    expect(code).toBe(0);
    expect(flat).toContain(
      'CPU reserved 10 cores used — (CPU was not measured at 500/s; a line takes three load points, and this run has 1)',
    );
    expect(flat).toContain('used 10.00 GiB (9.92 to 10.08)');
    expect(flat).toContain('Memory is the peak resident set at 750/s, the next higher rate');
  });

  it('takes replicas, hops, requests and prices', async () => {
    const { code, stdout } = await fleet(
      EXAMPLE,
      ...['--pods', '5', '--replicas', '2', '--rate', '250/s', '--hops', '4', '--cpu-request', '200m'],
      ...['--memory-request', '64Mi', '--core-hour', '0.03', '--gib-hour', '0.004', '--json'],
    );
    expect(code).toBe(0);
    const { schema, complete, asked, projections, whenNotToMesh } = JSON.parse(stdout);
    expect([schema, complete, asked.ratePerSecond, asked.hops, whenNotToMesh.length]).toEqual([
      'meshtax/fleet@1',
      true,
      250,
      4,
      4,
    ]);
    const [{ sidecars, ratePerSecond, cpuMillicores, memoryBytes, moneyPerMonth }, ...others] = projections;
    expect([sidecars, ratePerSecond, others]).toEqual([10, 1000, []]);
    expect([cpuMillicores.reserved.point, memoryBytes.reserved.point]).toEqual([2000, 640 * 1024 ** 2]);
    expect(cpuMillicores.used.point).toBeCloseTo(1906.16, 2);
    // 2 cores x 0.03 x 730 and 0.625 GiB x 0.004 x 730.
    expect(moneyPerMonth.reserved.point).toBeCloseTo(43.8 + 1.825, 6);
  });

  it('prints money for a month where there is a price', async () => {
    const { flat } = await fleet(EXAMPLE, '--core-hour', '0.03');
    expect(flat).toContain('money reserved 219 a month used 417 a month (407 to 433)');
    expect(flat).toContain('at 0.03 for an hour of a core; memory has no price and is not in it.');
  });

  it.each([
    ['--pods 0', "option '--pods <number>' argument '0' is invalid. a whole number from 1 on is needed, such as 100"],
    ['--replicas 1.5', "option '--replicas <number>' argument '1.5' is invalid. a whole number from 1 on is needed"],
    ['--rate fast', 'expected a rate such as 500/s, got "fast"'],
    ['--rate 500', 'expected a rate such as 500/s, got "500"'],
    ['--cpu-request much', 'expected an amount of CPU such as 100m or 2, got "much"'],
    ['--memory-request 1q', 'expected a size such as 0B, 1kB or 128Mi, got "1q"'],
    [
      '--core-hour -1',
      "option '--core-hour <price>' argument '-1' is invalid. a price from 0 on is needed, such as 0.03",
    ],
    ['--gib-hour 1e3', 'a price from 0 on is needed, such as 0.03'],
    ['--hops 2', '--hops says how often each request of --rate counts, and there is no --rate'],
    ['--rate 1/s --hops 0', "option '--hops <number>' argument '0' is invalid. a whole number from 1 on is needed"],
    ['--podz 3', "unknown option '--podz'"],
  ])('refuses %s with 2 and the reason', async (words, reason) => {
    const { code, stdout, stderr } = await fleet(EXAMPLE, ...words.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(reason);
  });

  it('refuses a folder that holds no run, and names what it needs', async () => {
    expect(await fleet('/nowhere')).toMatchObject({ code: 2, stdout: '' });
    expect(await fleet()).toMatchObject({ code: 2, stdout: '' });
  });

  it('tells its options and examples with --help', async () => {
    const { code, stdout } = await fleet('--help');
    expect(code).toBe(0);
    for (const option of ['--pods', '--replicas', '--rate', '--hops', '--core-hour', '--gib-hour', '--json']) {
      expect(stdout).toContain(option);
    }
    expect(stdout).toMatch(/^Examples:\n {2}meshtax fleet RUN/m);
  });

  it('prints no control character of a run whose every text is hostile', async () => {
    const run = copyOfExample(path.join(temporaryDirectory(), 'run'));
    makeHostile(run);
    const { code, stdout } = await fleet(run);
    expect([code, stdout.match(/(?!\n)\p{Cc}|[\u202a-\u202e]/u)]).toEqual([0, null]);
  });
});
