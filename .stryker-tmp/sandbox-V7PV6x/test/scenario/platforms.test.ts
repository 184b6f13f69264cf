// @ts-nocheck
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PlatformId } from '../../src/platforms/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { formatProblem } from '../../src/scenario/problem.ts';

const BOTH = `name: both
treatments:
  - mesh: none
  - { mesh: envoy, platform: local }
  - { mesh: istio, name: istio-strict, platform: kubernetes, settings: { mtls: strict } }
load: { arrivalRate: 500/s }
`;

function scenarioOf(text: string, platform?: PlatformId) {
  const parsed = parseScenario(text, 's.yaml', { platform });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.scenario;
}

/** Each problem as place, path and message. */
function problemsOf(text: string, platform?: PlatformId): string[] {
  const parsed = parseScenario(text, 's.yaml', { platform });
  return parsed.ok ? [] : parsed.problems.map((p) => `${p.line}:${p.column} ${p.path}: ${p.message}`);
}

const measuredOf = (text: string, platform?: PlatformId) => {
  const { platform: where, treatments, leftOut, baseline } = scenarioOf(text, platform);
  return { where, measured: treatments.map(({ name }) => name), leftOut, baseline };
};

describe('a treatment for one platform', () => {
  it('is measured there and left out on another, by the platform of the file or of the command line', () => {
    const locally = {
      where: 'local',
      measured: ['none', 'envoy'],
      leftOut: [
        { treatment: 'istio-strict', mesh: 'istio', because: 'it is measured on the kubernetes platform only' },
      ],
      baseline: 0,
    };
    const inCluster = {
      where: 'kubernetes',
      measured: ['none', 'istio-strict'],
      leftOut: [{ treatment: 'envoy', mesh: 'envoy', because: 'it is measured on the local platform only' }],
      baseline: 0,
    };
    expect([measuredOf(BOTH), measuredOf(BOTH, 'kubernetes')]).toEqual([locally, inCluster]);
    const ofCluster = BOTH.replace('name: both', 'name: both\nplatform: kubernetes');
    expect([measuredOf(ofCluster), measuredOf(ofCluster, 'local')]).toEqual([inCluster, locally]);
  });

  it('has its own baseline beside it, wherever that stands', () => {
    const text = `name: x
treatments:
  - { mesh: none, name: in-cluster, platform: kubernetes }
  - { mesh: envoy, platform: local }
  - { mesh: none, name: here, platform: local }
  - { mesh: istio, platform: kubernetes }
load: { arrivalRate: 5/s }
`;
    expect(
      [measuredOf(text), measuredOf(text, 'kubernetes')].map(({ measured, baseline }) => measured[baseline]),
    ).toEqual(['here', 'in-cluster']);
  });

  it('may have budget lines, which are no problem where it is left out', () => {
    const budgets =
      'budgets: [{ metric: proxy-cpu, atMost: 1, for: istio-strict }, { metric: proxy-cpu, atMost: 1, for: envoy }]\n';
    expect([problemsOf(BOTH + budgets), problemsOf(BOTH + budgets, 'kubernetes')]).toEqual([[], []]);
  });
});

describe('problems of treatments and platforms', () => {
  it('remain where a mesh does not run on the platform and names none of its own', () => {
    const text = BOTH.replace(', platform: local', '');
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, 'kubernetes')).toEqual([
      '4:13 treatments[1].mesh: envoy does not run on the kubernetes platform: it needs local',
    ]);
  });

  it('are those of the treatment’s own platform too, on whichever the scenario is measured', () => {
    const text = BOTH.replace(
      'mesh: istio, name: istio-strict, platform: kubernetes',
      'mesh: istio, platform: local',
    ).replace('load:', '  - { mesh: none, name: again }\nload:');
    const problem = '5:13 treatments[2].mesh: istio does not run on the local platform: it needs kubernetes';
    expect([problemsOf(text), problemsOf(text, 'kubernetes')]).toEqual([[problem], [problem]]);
  });

  it('name a platform that there is not', () => {
    expect(problemsOf(BOTH.replace('platform: local', 'platform: locl'))).toEqual([
      '4:30 treatments[1].platform: expected one of local, kubernetes, got "locl" (did you mean local?)',
    ]);
  });

  it('tell that the baseline is for another platform', () => {
    const text = BOTH.replace('- mesh: none', '- { mesh: none, platform: local }');
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, 'kubernetes')).toEqual([
      '2:1 treatments: there is no baseline on the kubernetes platform: each treatment with mesh: none is for another',
    ]);
  });

  it('tell that nothing is left to compare, which would otherwise pass for a good run', () => {
    const text = BOTH.replace('  - { mesh: envoy, platform: local }\n', '');
    expect(problemsOf(text)).toEqual([
      '2:1 treatments: nothing is left to compare on the local platform: each treatment but the baseline is for another',
    ]);
  });

  it('refuse one name for treatments of different platforms, since it would mean two things', () => {
    const text = BOTH.replace('mesh: envoy,', 'mesh: envoy, name: strict,').replace('istio-strict', 'strict');
    expect(problemsOf(text)).toEqual(['5:26 treatments[2].name: a second treatment is called strict']);
  });
});

describe('the notes of a scenario', () => {
  it('say of a mesh in a cluster that nobody has run it end to end, and nothing of one that was run', () => {
    const text = BOTH.replace('load:', '  - { mesh: linkerd, platform: kubernetes }\nload:');
    expect(scenarioOf(text).notes).toEqual([]);
    expect(scenarioOf(text, 'kubernetes').notes).toEqual([expect.stringMatching(/^linkerd: \S/)]);
  });

  it('say where a limit on memory has no effect', () => {
    const text = `${BOTH}services: { memoryLimit: 128Mi }\n`;
    expect(scenarioOf(text).notes).toEqual([
      'services.memoryLimit has no effect on the local platform: the sample service has no container there',
    ]);
    const inCluster = scenarioOf(text, 'kubernetes');
    expect([inCluster.notes, inCluster.services.memoryLimitBytes]).toEqual([[], 134_217_728]);
  });
});

describe('the comparison of meshes that comes with the product', () => {
  const text = readFileSync(new URL('../../scenarios/mesh-comparison.yaml', import.meta.url), 'utf8');

  it('is one file for both platforms: the stand-in here, Istio in a cluster', () => {
    expect([measuredOf(text), measuredOf(text, 'kubernetes')].map(({ measured }) => measured)).toEqual([
      ['none', 'envoy-strict'],
      ['none', 'istio-permissive', 'istio-strict'],
    ]);
  });

  it('measures the highest of three rates that is held, with p99 advisory', () => {
    const { load, blocks, budgets } = scenarioOf(text);
    expect([load.arrivalRatesPerSecond, load.pilot, load.durationMs]).toEqual([[250, 750, 1500], 'highest', 12_000]);
    expect([blocks, budgets.name]).toEqual([{ min: 6, max: 10 }, 'documented, p99 advisory']);
  });
});
