import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareEnvironments,
  differenceText,
  environmentOf,
  fingerprintOf,
  obstacles,
  type RunEnvironment,
  unknownMachine,
} from '../../src/history/comparability.ts';
import { scenarioDigest } from '../../src/history/scenarioDigest.ts';
import { within } from '../report/fixture.ts';
import { ENVIRONMENT } from './fixture.ts';

const with_ = (more: RunEnvironment): RunEnvironment => ({ ...ENVIRONMENT, ...more });
const without = (id: string): RunEnvironment =>
  Object.fromEntries(Object.entries(ENVIRONMENT).filter(([key]) => key !== id));

describe('the environment of a run', () => {
  it('holds the machine, how the pods were made, what was asked and what was built', () => {
    expect(environmentOf(within())).toEqual({
      scenario: scenarioDigest(within().scenario),
      tool: '0.1.0',
      platform: 'local',
      mode: 'network namespaces',
      cpuModel: 'Example CPU 3.1 GHz',
      cores: '2',
      kernel: '6.8.0-45-generic',
      node: '20.20.2',
      governor: { missing: 'the kernel exposes no cpufreq' },
      cgroupVersion: '2',
      irqTimeAccounting: 'no',
      virtualised: 'yes',
      memory: '8.21 GB',
      coresUsed: 'driver on 1, system under test on 1',
      'detail Network': 'veth pairs over a bridge',
      'build of none': 'no mesh',
      'build of envoy': 'upstream Envoy 1.38.0, Istio topology, mTLS strict',
    });
  });

  it('is unknown where the run was imported', () => {
    const analysis = within();
    const imported = { ...analysis, run: { ...analysis.run, environment: { missing: 'fortio does not tell' } } };
    expect(unknownMachine(environmentOf(imported))).toBe(
      'nothing is known of the machine that it ran on: fortio does not tell',
    );
    expect(unknownMachine(ENVIRONMENT)).toBeUndefined();
  });
});

describe('two environments', () => {
  it('may be compared where they are the same', () => {
    expect(obstacles(ENVIRONMENT, { ...ENVIRONMENT })).toEqual([]);
  });

  it.each([
    ['cpuModel', 'Intel Xeon', 'CPU model: AMD EPYC, then Intel Xeon'],
    ['cores', '4', 'Cores: 2, then 4'],
    ['mode', 'ports', 'Mode: root, then ports'],
    ['kernel', '6.19.1', 'Kernel: 6.18.44, then 6.19.1'],
    ['node', 'v22.1.0', 'Node.js: v20.20.2, then v22.1.0'],
    ['tool', '0.2.0', 'meshtax: 0.1.0, then 0.2.0'],
    ['detail link', 'bridge', 'link: veth, then bridge'],
    ['scenario', 'b'.repeat(64), 'what the scenario asks is not the same'],
  ])('may not where %s differs, which is named', (id, value, text) => {
    const found = obstacles(ENVIRONMENT, with_({ [id]: value }));
    expect(found.map(differenceText)).toEqual([text]);
    expect(fingerprintOf(ENVIRONMENT)).not.toBe(fingerprintOf(with_({ [id]: value })));
  });

  it.each([
    ['kernel', '6.18.50-other', 'alike'],
    ['node', 'v20.21.0', 'alike'],
    ['build of envoy', 'upstream Envoy 1.41.0', 'differs'],
    ['memory', '16 GB', 'differs'],
    ['detail rules', 'nft', 'differs'],
  ])('may where %s has changed to %s: it is told, as %s', (id, value, answer) => {
    const head = with_({ [id]: value });
    expect(obstacles(ENVIRONMENT, head)).toEqual([]);
    expect(fingerprintOf(head)).toBe(fingerprintOf(ENVIRONMENT));
    expect(compareEnvironments(ENVIRONMENT, head).find((field) => field.id === id)?.answer).toBe(answer);
  });

  it('may where neither knows a field, and may not where one does', () => {
    const governor = compareEnvironments(ENVIRONMENT, ENVIRONMENT).find(({ id }) => id === 'governor');
    expect(governor?.answer).toBe('unknown');
    expect(obstacles(without('governor'), ENVIRONMENT)).toEqual([]);
    const known = with_({ governor: 'performance' });
    expect(obstacles(ENVIRONMENT, known).map(differenceText)).toEqual([
      'CPU governor: unknown (no frequency scaling here), then performance',
    ]);
    expect(obstacles(without('cpuModel'), ENVIRONMENT).map(({ id, base }) => [id, base])).toEqual([
      ['cpuModel', { missing: 'not recorded' }],
    ]);
  });

  it('have the same fingerprint just where nothing stands against comparing them', () => {
    const value = fc.constantFrom<RunEnvironment[string]>(
      '6.1.2',
      '6.1.3',
      '6.2',
      'other',
      { missing: 'a' },
      { missing: 'b' },
    );
    const ids = ['cpuModel', 'kernel', 'node', 'governor', 'memory', 'detail link', 'detail rules', 'build of envoy'];
    const environment = fc.dictionary(fc.constantFrom(...ids), value);
    fc.assert(
      fc.property(environment, environment, (a, b) => {
        expect(fingerprintOf(a) === fingerprintOf(b)).toBe(obstacles(a, b).length === 0);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('the digest of what a scenario asks', () => {
  const { scenario } = within();
  const digest = scenarioDigest(scenario);
  const [none, envoy] = scenario.treatments;
  const withTreatment = (settings: Record<string, string | number>) => ({
    ...scenario,
    treatments: [none, { ...envoy, settings }].flatMap((each) =>
      each === undefined ? [] : [each],
    ) as typeof scenario.treatments,
  });

  it('does not hang on the name, the question, the budgets or the version of the proxy', () => {
    const same = { ...scenario, name: 'other', question: 'other?', budgets: { name: 'none', lines: [] }, notes: ['x'] };
    expect(scenarioDigest(same)).toBe(digest);
    expect(scenarioDigest(withTreatment({ concurrency: 2, mtls: 'strict', version: '1.39.3' }))).toBe(digest);
  });

  it('hangs on the load, the blocks, the settings and the script', () => {
    const others = [
      { ...scenario, load: { ...scenario.load, connections: 32 } },
      { ...scenario, blocks: { min: 7, max: 15 } },
      withTreatment({ mtls: 'strict', concurrency: 4 }),
      { ...scenario, treatments: [...scenario.treatments].reverse(), baseline: 1 },
    ].map((other) => scenarioDigest(other));
    const scripts = [scenarioDigest(scenario, 'a'), scenarioDigest(scenario, 'b')];
    expect(new Set([digest, ...others, ...scripts]).size).toBe(7);
  });
});
