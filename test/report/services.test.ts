import { describe, expect, it } from 'vitest';
import { figureText } from '../../src/analysis/figure.ts';
import type { RunAnalysis, TreatmentAtLoad } from '../../src/analysis/result.ts';
import type { DeploymentRecord } from '../../src/record/runRecord.ts';
import { renderHtml } from '../../src/report/html.ts';
import { applicationRows, hopRows, serviceRows } from '../../src/report/services.ts';
import { noValidBlock, within } from './fixture.ts';

/** The fixture's run with pods in its deployments, as both platforms record them. */
function withPods(...names: string[]): RunAnalysis {
  const base = within();
  const pods = names.map((name) => ({ name, pid: 7, networkNamespace: 'net' }));
  return { ...base, deployments: base.deployments.map((each): DeploymentRecord => ({ ...each, pods })) };
}

function withEnvoy(change: (treatment: TreatmentAtLoad) => TreatmentAtLoad): RunAnalysis {
  const base = within();
  return {
    ...base,
    loads: base.loads.map((load) => ({
      ...load,
      treatments: load.treatments.map((each) => (each.isBaseline ? each : change(each))),
    })),
  };
}

describe('the table of the service', () => {
  it('has the columns that linkerd stat has, the baseline first', () => {
    const rows = serviceRows(withPods('client', 'server', 'stranger')).map((row) => [
      `${row.treatment} at ${row.rate}`,
      row.meshed,
      figureText(row.success),
      row.achieved,
      row.p50,
      row.p95,
      row.p99,
    ]);
    expect(rows.slice(0, 2)).toEqual([
      ['none at 500/s', '0/1', '99.990 % (99.970 to 100.000)', '499.6/s', '0.118', '0.213', '0.402'],
      ['envoy at 500/s', '1/1', '99.990 % (99.970 to 100.000)', '499.6/s', '0.611', '0.965', '1.48'],
    ]);
  });

  it('counts the pods of all services, and no other pod', () => {
    const meshed = (...names: string[]) => serviceRows(withPods(...names))[1]?.meshed;
    expect(meshed('client', 'server', 'server-2')).toBe('1/2');
    expect(meshed('client')).toEqual({ missing: 'the records name no pod of the service' });
    expect(serviceRows({ ...within(), deployments: [] })[1]?.meshed).toEqual({ missing: 'nothing was deployed' });
  });

  it('has no latency where no trial was valid, or where too few requests lie beyond', () => {
    const [row] = serviceRows(noValidBlock());
    expect([row?.p50, row?.p99]).toEqual([{ missing: 'no valid trial' }, { missing: 'no valid trial' }]);
    const thin = withEnvoy((treatment) => ({
      ...treatment,
      overhead: treatment.overhead.map((entry) => ({
        ...entry,
        support: { percentile: entry.percentile, beyond: 3, standing: 'absent' },
      })),
    }));
    expect(serviceRows(thin)[1]?.p99).toEqual({ missing: 'only 3 requests lie beyond it' });
  });
});

describe('what the applications take more', () => {
  it('is told of each treatment but the baseline, with the digits that show on which side of 0 it lies', () => {
    expect(
      applicationRows(within()).map(({ treatment, rate, added, addedPerThousandRequests }) => [
        `${treatment} at ${rate}`,
        figureText(added),
        figureText(addedPerThousandRequests),
      ]),
    ).toEqual([
      ['envoy at 500/s', '2.0 millicores (0.5 to 3.5)', '4 ms (1 to 7)'],
      ['envoy at 1,000/s', '4 millicores (1 to 7)', '4 ms (1 to 7)'],
    ]);
  });
});

describe('what each side of the path takes', () => {
  it('is the CPU of the client’s and of the server’s proxy with the client’s share, and says why no latency is split', () => {
    const [row] = hopRows(within());
    expect(row?.treatment).toBe('envoy');
    expect(figureText(row?.client ?? { missing: 'no row' })).toBe('71 millicores (69 to 75)');
    expect(row?.servers.map(({ hop, cpu }) => `${hop} ${figureText(cpu)}`)).toEqual([
      'server 78 millicores (75 to 82)',
    ]);
    expect(figureText(row?.clientShare ?? { missing: 'no row' })).toBe('47.5 % (46.2 to 48.9)');
    expect(row?.latency.missing).toMatch(/^latency is measured over the whole path/);
  });

  it('names each service of a chain, and a side without a proxy', () => {
    const chain = withEnvoy((treatment) => ({
      ...treatment,
      costs: treatment.costs.flatMap((cost) =>
        cost.role === 'proxy' && cost.hop === 'server' ? [cost, { ...cost, hop: 'server-2' as const }] : [cost],
      ),
    }));
    expect(hopRows(chain)[0]?.servers.map(({ hop }) => hop)).toEqual(['server', 'server-2']);
    const oneSided = withEnvoy((treatment) => ({
      ...treatment,
      costs: treatment.costs.filter(({ role, hop }) => role !== 'proxy' || hop === 'client'),
    }));
    expect(hopRows(oneSided)[0]?.servers).toEqual([]);
    expect(renderHtml(oneSided, { chartJs: '' })).toContain('no proxy there');
  });

  it('is left out where no treatment has proxies', () => {
    const bare = withEnvoy((treatment) => ({ ...treatment, costs: [] }));
    expect(hopRows(bare)).toEqual([]);
    expect(renderHtml(bare, { chartJs: '' })).not.toContain('id="hops"');
  });
});
