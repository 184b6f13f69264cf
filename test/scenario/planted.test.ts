import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { hintsOf, problemsOf } from './parsed.ts';

const withTreatment = (treatment: string, platform = 'local') =>
  `name: x\nplatform: ${platform}\ntreatments:\n  - mesh: none\n  - ${treatment}\nload: { arrivalRate: 5/s }\n`;

describe('a planted cost', () => {
  it('is CPU time in µs, and 0us is one too: the pass-through alone', () => {
    for (const [written, us] of [
      ['100us', 100],
      ['0us', 0],
    ] as const) {
      const parsed = parseScenario(withTreatment(`{ mesh: envoy, plantedCost: ${written} }`), 'x.yaml');
      expect(parsed.ok && parsed.scenario.treatments[1]?.plantedCostUs).toBe(us);
    }
    const without = parseScenario(withTreatment('{ mesh: envoy }'), 'x.yaml');
    expect(without.ok && without.scenario.treatments[1]).not.toHaveProperty('plantedCostUs');
  });

  it('is said of the treatment before anything is measured', () => {
    const parsed = parseScenario(withTreatment('{ mesh: envoy, name: slow, plantedCost: 100us }'), 'x.yaml');
    expect(parsed.ok && parsed.scenario.notes).toEqual([
      "slow holds a planted cost of 100 µs on each request, in a pass-through beside the server's proxy: its figures are no mesh's",
    ]);
  });

  it('is refused where there is no proxy that it could stand beside', () => {
    const text = withTreatment('{ mesh: none, name: again, plantedCost: 1us }');
    expect(problemsOf(text)).toEqual([
      "5:45 treatments[1].plantedCost: a planted cost stands beside the server's proxy, and mesh none has no proxy",
    ]);
    expect(hintsOf(text)).toEqual(['serviceTime costs CPU time in the sample service itself']);
  });

  it('is refused in a cluster', () => {
    expect(problemsOf(withTreatment('{ mesh: istio, plantedCost: 1us }', 'kubernetes'))).toEqual([
      '5:33 treatments[1].plantedCost: a planted cost can be had on the local platform only, not on kubernetes',
    ]);
  });

  it('may stand in a file for a cluster where its treatment is for this machine only', () => {
    const text = `name: x\nplatform: kubernetes\ntreatments:\n  - mesh: none\n  - { mesh: envoy, platform: local, plantedCost: 1us }\n  - mesh: istio\nload: { arrivalRate: 5/s }\n`;
    expect(problemsOf(text)).toEqual([]);
  });
});
