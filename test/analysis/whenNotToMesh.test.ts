import { describe, expect, test } from 'vitest';
import { exactly } from '../../src/analysis/estimate.ts';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { whenNotToMesh } from '../../src/analysis/whenNotToMesh.ts';
import { noValidBlock, within } from '../report/fixture.ts';
import { voidedTrial } from './fixtures/voided.ts';

const saidOf = (analysis: RunAnalysis): string[] => whenNotToMesh(analysis).flatMap(({ fromRun }) => fromRun);

const voided = voidedTrial(9);

describe('when not to mesh', () => {
  test('are four cases, each with what the run says and what only the reader knows', () => {
    const cases = whenNotToMesh(within());
    expect(cases.map(({ title }) => title)).toEqual([
      'Fewer than 10 services',
      'Simple needs',
      'Small machines',
      'A young team',
    ]);
    expect(cases.filter(({ onlyYou }) => onlyYou.length < 20)).toEqual([]);
  });

  test('are answered in figures of the highest load, by hand: the mean of 124.6 and 137.9 millicores and 47.7 MB', () => {
    expect(saidOf(within())).toEqual([
      'The sidecars of 10 pods of envoy, with 1,000/s through each, use 1.31 cores (1.26 to 1.37) and 0.44 GiB (0.44 to 0.45).',
      'Whatever it is needed for, envoy as it was set here adds 0.52 ms (0.49 to 0.55) at p50 and 1.3 ms (1.1 to 1.7) at p99 to a call at 1,000/s.',
      'Each sidecar of envoy uses 131 millicores (126 to 137) and 45.5 MiB (45.1 to 46.0) at 1,000/s; no sidecar.',
      'Nothing: a run measures programs, not what people have to learn to upgrade a mesh and to debug in it.',
    ]);
  });

  test('give no figure that a failed proof or differing baselines took, and mark one that few requests carry', () => {
    const analysis = within();
    const because = '— (a proof failed in trial 9: the traffic did not go as the treatment says)';
    for (const said of saidOf({ ...analysis, trials: [voided] }).slice(0, 3)) {
      expect(said.split(because)).toHaveLength(3);
    }
    const broken = analysis.loads.map((load) => ({
      ...load,
      noise: load.noise.map((entry) => (entry.percentile === 'p50' ? { ...entry, holdsZero: false } : entry)),
    }));
    expect(saidOf({ ...analysis, loads: broken })[1]).toContain(
      'adds — (the two baselines differ from each other there) at p50 and 1.3 ms',
    );
    const [first] = analysis.loads;
    if (first === undefined) throw new Error('no load');
    expect(saidOf({ ...analysis, loads: [first] })[1]).toContain(', coarse, at p99 to a call at 500/s');
  });

  test('name what a sidecar reserves, each part by itself where one is not known', () => {
    const reserving = (sidecar: object): RunAnalysis => {
      const { loads } = within();
      return {
        ...within(),
        loads: loads.map((load) => ({
          ...load,
          treatments: load.treatments.map((each) => ({ ...each, sidecar: { ...each.sidecar, ...sidecar } })),
        })),
      };
    };
    const cpu = exactly(100);
    const memory = exactly(134_217_728);
    expect(saidOf(reserving({ reservedCpuMillicores: cpu, reservedMemoryBytes: memory }))[2]).toMatch(
      /; it reserves 100 millicores of CPU and 128 MiB of memory\.$/,
    );
    expect(saidOf(reserving({ reservedCpuMillicores: cpu }))[2]).toMatch(
      /; it reserves 100 millicores of CPU and — \(no sidecar\) of memory\.$/,
    );
    const otherwise = { reservedCpuMillicores: { missing: 'none is set' } };
    expect(saidOf(reserving(otherwise))[2]).toMatch(
      /; it reserves — \(none is set\) of CPU and — \(no sidecar\) of memory\.$/,
    );
  });

  test('take no percentile beyond which too few requests lie, and nothing from what a pilot could not prove', () => {
    const analysis = within();
    const pilot = { ...voided, purpose: 'pilot' as const };
    expect(saidOf({ ...analysis, trials: [pilot] })).toEqual(saidOf(analysis));
    const absent = analysis.loads.map((load) => ({
      ...load,
      treatments: load.treatments.map((each) => ({
        ...each,
        overhead: each.overhead.map((entry) =>
          entry.percentile === 'p99'
            ? { ...entry, support: { ...entry.support, standing: 'absent' as const, note: 'only 9 requests' } }
            : entry,
        ),
      })),
    }));
    expect(saidOf({ ...analysis, loads: absent })[1]).toContain('at p50 and — (only 9 requests) at p99');
  });

  test('say why where no block was valid, and where there is no sidecar', () => {
    expect(saidOf(noValidBlock())[1]).toContain('adds — (no valid block) at p50');
    const { scenario } = within();
    const bare = { ...within(), scenario: { ...scenario, treatments: scenario.treatments.slice(0, 1) } };
    expect(new Set(saidOf(bare).slice(0, 3))).toEqual(new Set(['No treatment with sidecars was measured.']));
    expect(saidOf({ ...within(), loads: [] })[0]).toBe('No treatment with sidecars was measured.');
  });
});
