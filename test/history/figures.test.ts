import { describe, expect, it } from 'vitest';
import { figuresOf, figuresSchema, figuresText, nameOf } from '../../src/history/figures.ts';
import { hostile, incomplete, noValidBlock, VARIANTS, within } from '../report/fixture.ts';

const figureNamed = (name: string, analysis = within()) =>
  figuresOf(analysis).quantities.find((each) => nameOf(each) === name)?.value;

describe('the figures of a run', () => {
  it('name each quantity of each treatment and load once, with the unit of the records', () => {
    const names = figuresOf(within()).quantities.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('envoy at 1,000/s'))).toEqual([
      'envoy at 1,000/s, added p50',
      'envoy at 1,000/s, added p90',
      'envoy at 1,000/s, added p99',
      'envoy at 1,000/s, added p999',
      'envoy at 1,000/s, CPU of the client proxy',
      'envoy at 1,000/s, memory of the client proxy',
      'envoy at 1,000/s, CPU of the server proxy',
      'envoy at 1,000/s, memory of the server proxy',
    ]);
    const [load] = within().loads.filter(({ arrivalRatePerSecond }) => arrivalRatePerSecond === 1000);
    const envoy = load?.treatments.find(({ isBaseline }) => !isBaseline);
    expect(figureNamed('envoy at 1,000/s, added p50')).toEqual(envoy?.overhead[0]?.addedUs);
    expect(figureNamed('envoy at 1,000/s, CPU of the server proxy')).toEqual(
      envoy?.costs.find(({ role, hop }) => role === 'proxy' && hop === 'server')?.cpuMillicores,
    );
  });

  it('say what the baseline of the same run took: of a percentile its own, of a proxy’s CPU its services’', () => {
    const { quantities } = figuresOf(within());
    const beside = (name: string) => quantities.find((each) => nameOf(each) === name)?.beside;
    const [load] = within().loads.filter(({ arrivalRatePerSecond }) => arrivalRatePerSecond === 1000);
    const [baseline, envoy] = [true, false].map((is) => load?.treatments.find(({ isBaseline }) => isBaseline === is));
    expect(beside('envoy at 1,000/s, added p50')).toBe(envoy?.overhead[0]?.baselinePooledUs);
    expect(beside('envoy at 1,000/s, CPU of the server proxy')).toBe(baseline?.balance.applications);
    expect(beside('envoy at 1,000/s, memory of the server proxy')).toBeUndefined();
    expect(figuresOf(noValidBlock()).quantities.every((each) => each.beside === undefined || each.beside > 0)).toBe(
      true,
    );
  });

  it('are told and not judged at a coarse percentile', () => {
    const roles = figuresOf(within()).quantities.map((each) => [nameOf(each), each.role]);
    expect(roles.filter(([, role]) => role === 'told')).toEqual([['envoy at 500/s, added p99', 'told']]);
  });

  it('are read back as they were written, whatever the run was', () => {
    for (const make of Object.values(VARIANTS)) {
      const figures = figuresOf(make());
      expect(figuresSchema.parse(JSON.parse(figuresText(figures)))).toEqual(figures);
    }
  });

  it('say that a run did not finish, and keep why there is no figure', () => {
    expect(figuresOf(incomplete())).toMatchObject({
      complete: false,
      endedAt: { missing: 'the run did not end by itself' },
    });
    expect(figureNamed('envoy at 1,000/s, added p50', noValidBlock())).toEqual({ missing: 'no valid block' });
  });

  it('leave out a percentile at which the two baselines differ', () => {
    const analysis = within();
    const loads = analysis.loads.map((load) => ({
      ...load,
      noise: load.noise.map((entry) => (entry.percentile === 'p50' ? { ...entry, holdsZero: false } : entry)),
    }));
    const differing = { ...analysis, loads };
    expect(figureNamed('envoy at 1,000/s, added p50', differing)).toEqual({
      missing: 'the two baselines differ at p50',
    });
    expect(figureNamed('envoy at 1,000/s, added p90', differing)).toEqual(figureNamed('envoy at 1,000/s, added p90'));
  });

  it('leave out all of a treatment whose proof failed', () => {
    const analysis = within();
    const loads = analysis.loads.map((load) => ({
      ...load,
      treatments: load.treatments.map((each) => ({ ...each, proof: { ...each.proof, holds: false } })),
    }));
    const values = figuresOf({ ...analysis, loads }).quantities.map(({ value }) => value);
    expect(new Set(values.map((value) => JSON.stringify(value)))).toEqual(new Set(['{"missing":"the proof failed"}']));
  });

  it('never hold a number that JSON has no word for', () => {
    const analysis = within();
    const loads = analysis.loads.map((load) => ({
      ...load,
      treatments: load.treatments.map((each) => ({
        ...each,
        overhead: each.overhead.map((entry) => ({
          ...entry,
          addedUs: { point: Number.NaN, low: 0, high: Number.POSITIVE_INFINITY, n: 6, confidence: 0.95 },
        })),
      })),
    }));
    expect(figureNamed('envoy at 1,000/s, added p50', { ...analysis, loads })).toEqual({
      missing: 'no finite number came of the trials',
    });
  });

  it('are the same text for the same run', () => {
    expect(figuresText(figuresOf(hostile()))).toBe(figuresText(figuresOf(hostile())));
  });
});
