import { type Figure, figureOf, numberOf } from '../analysis/figure.ts';
import type { LoadAnalysis, RunAnalysis, TreatmentAtLoad } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { DeploymentRecord } from '../record/runRecord.ts';
import type { Percentile } from '../scenario/scenario.ts';

/** The service as a mesh's own command line shows it. */
export interface ServiceRow {
  rate: string;
  treatment: string;
  /** `1/1`: of the service's pods, those with a proxy. */
  meshed: Measured<string>;
  success: Measured<Figure>;
  achieved: Measured<string>;
  /** In ms, pooled over the valid trials. */
  p50: Measured<string>;
  p95: Measured<string>;
  p99: Measured<string>;
}

/** One row for each treatment and load, the baseline's first within its load. */
export function serviceRows(analysis: RunAnalysis): ServiceRow[] {
  return everyTreatment(analysis).map(({ load, treatment }) => {
    const { achievedRatePerSecond: achieved } = treatment;
    return {
      rate: ratePerSecond(load.arrivalRatePerSecond),
      treatment: treatment.treatment,
      meshed: meshedOf(analysis.deployments.filter((each) => each.treatment === treatment.treatment)),
      success: figureOf('success', treatment.successShare),
      achieved: isMissing(achieved) ? achieved : ratePerSecond(achieved),
      p50: pooled(treatment, 'p50'),
      p95: numberOf('latency', treatment.pooledP95Us),
      p99: pooled(treatment, 'p99'),
    };
  });
}

function everyTreatment({ loads }: RunAnalysis): { load: LoadAnalysis; treatment: TreatmentAtLoad }[] {
  return loads.flatMap((load) =>
    load.treatments
      .toSorted((a, b) => Number(b.isBaseline) - Number(a.isBaseline))
      .map((treatment) => ({ load, treatment })),
  );
}

function pooled({ overhead, validTrials }: TreatmentAtLoad, percentile: Percentile): Measured<string> {
  if (validTrials === 0) return { missing: 'no valid trial' };
  const entry = overhead.find((each) => each.percentile === percentile);
  if (entry === undefined) return { missing: 'the analysis holds no such percentile' };
  const { standing, note, beyond } = entry.support;
  if (standing === 'absent') return { missing: note ?? `only ${beyond} requests lie beyond it` };
  return numberOf('latency', entry.pooledUs);
}

/** Pods and proxies of a service are named by their hop; the client and a pod of the plaintext control are no service. */
const isOfService = (hop: string): boolean => /^server(-\d+)?$/.test(hop);

function meshedOf(deployments: readonly DeploymentRecord[]): Measured<string> {
  if (deployments.length === 0) return { missing: 'nothing was deployed' };
  const counts = new Set(
    deployments.map(({ pods, proxies }) => {
      const all = pods.filter(({ name }) => isOfService(name)).length;
      return all === 0 ? undefined : `${proxies.filter(({ hop }) => isOfService(hop)).length}/${all}`;
    }),
  );
  if (counts.has(undefined)) return { missing: 'the records name no pod of the service' };
  return [...counts].join(' and ');
}

/** What the sample services themselves take more or less of the CPU behind proxies. */
export interface ApplicationRow {
  rate: string;
  treatment: string;
  added: Measured<Figure>;
  addedPerThousandRequests: Measured<Figure>;
}

/** What the answer rests on: a bound that is not 0 is printed with the digits that show on which side it lies. */
const NOTHING = 0;

export function applicationRows(analysis: RunAnalysis): ApplicationRow[] {
  return everyTreatment(analysis).flatMap(({ load, treatment: { treatment, applicationsAdded } }) =>
    applicationsAdded === null
      ? []
      : [
          {
            rate: ratePerSecond(load.arrivalRatePerSecond),
            treatment,
            added: figureOf('cpu', applicationsAdded.cpuMillicores, NOTHING),
            addedPerThousandRequests: figureOf(
              'cpuPerThousandRequests',
              applicationsAdded.cpuMsPerThousandRequests,
              NOTHING,
            ),
          },
        ],
  );
}

/** What each side of the path takes. */
export interface HopRow {
  rate: string;
  treatment: string;
  client: Measured<Figure>;
  /** The first service's, then those of the services behind it. */
  servers: readonly { hop: string; cpu: Measured<Figure> }[];
  clientShare: Measured<Figure>;
  latency: { missing: string };
}

const NO_LATENCY_BY_HOP = {
  missing:
    'latency is measured over the whole path, and no proxy tells its own; a treatment with a sidecar at one side only would part the two',
};

/** One row for each treatment with proxies and each load. */
export function hopRows(analysis: RunAnalysis): HopRow[] {
  return everyTreatment(analysis).flatMap(({ load, treatment }) => {
    const proxies = treatment.costs.filter(({ role }) => role === 'proxy');
    if (proxies.length === 0) return [];
    const client = proxies.find(({ hop }) => hop === 'client');
    return [
      {
        rate: ratePerSecond(load.arrivalRatePerSecond),
        treatment: treatment.treatment,
        client: client === undefined ? { missing: 'no proxy there' } : figureOf('cpu', client.cpuMillicores),
        servers: proxies
          .filter(({ hop }) => hop !== 'client')
          .map(({ hop, cpuMillicores }) => ({ hop, cpu: figureOf('cpu', cpuMillicores) })),
        clientShare: figureOf('share', treatment.clientShareOfSidecarCpu),
        latency: NO_LATENCY_BY_HOP,
      },
    ];
  });
}
