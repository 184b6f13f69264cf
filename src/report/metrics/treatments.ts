import type { Estimate, RunAnalysis, TreatmentAtLoad } from '../../analysis/result.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { absence } from '../table.ts';
import { type EstimateMetric, estimateFamilies, type Family } from './exposition.ts';
import { placesOf, scenarioLabel, US_PER_SECOND } from './places.ts';

const ADDED_LATENCY: EstimateMetric = {
  stem: 'meshtax_added_latency',
  unit: 'seconds',
  help: "Treatment minus baseline, the typical block's shift of a percentile of the response time.",
  perUnit: US_PER_SECOND,
};

/** A percentile that too few requests lie beyond has no value here either, whatever else is known of it. */
export function latencyFamilies(analysis: RunAnalysis): Family[] {
  const at = placesOf(analysis).flatMap(({ treatment, labels }) =>
    treatment.overhead.map(({ percentile, support, pooledUs, addedUs }) => ({
      isBaseline: treatment.isBaseline,
      labels: { ...labels, percentile },
      absent: absence(support, treatment),
      pooledUs,
      addedUs,
    })),
  );
  return [
    {
      name: 'meshtax_response_time_seconds',
      help: 'Percentile of the response time from the intended start, over all valid trials together.',
      samples: at.map(({ labels, absent, pooledUs }) => ({ labels, value: absent ?? inSeconds(pooledUs) })),
    },
    ...estimateFamilies(
      ADDED_LATENCY,
      at
        .filter(({ isBaseline }) => !isBaseline)
        .map(({ labels, absent, addedUs }) => ({ labels, estimate: absent ?? addedUs })),
    ),
  ];
}

const inSeconds = (us: Measured<number>): Measured<number> => (isMissing(us) ? us : us / US_PER_SECOND);

const COSTS = [
  {
    of: 'cpuMillicores',
    metric: {
      stem: 'meshtax_proxy_cpu',
      unit: 'cores',
      help: 'CPU of a proxy or its agent at the load.',
      perUnit: 1000,
    },
  },
  {
    of: 'cpuMsPerThousandRequests',
    metric: {
      stem: 'meshtax_proxy_cpu_per_request',
      unit: 'seconds',
      help: 'CPU time of a proxy or its agent for each request.',
      // Milliseconds for each 1,000 requests.
      perUnit: 1_000_000,
    },
  },
  {
    of: 'memoryRssBytes',
    metric: {
      stem: 'meshtax_proxy_memory_rss',
      unit: 'bytes',
      help: 'Resident memory of a proxy or its agent, the peak over warm-up and window.',
      perUnit: 1,
    },
  },
] as const satisfies readonly { of: keyof TreatmentAtLoad['costs'][number]; metric: EstimateMetric }[];

/** Proxies and their agents: what the mesh adds. The driver's CPU is never a cost. */
export function costFamilies(analysis: RunAnalysis): Family[] {
  const costs = placesOf(analysis).flatMap(({ treatment, labels }) =>
    treatment.costs
      .filter(({ role }) => role === 'proxy' || role === 'proxy-agent')
      .map((cost) => ({ cost, labels: { ...labels, role: cost.role, hop: cost.hop } })),
  );
  return COSTS.flatMap(({ of, metric }) =>
    estimateFamilies(
      metric,
      costs.map(({ cost, labels }) => ({ labels, estimate: cost[of] })),
    ),
  );
}

const ESTIMATES: readonly {
  of: (treatment: TreatmentAtLoad) => Measured<Estimate>;
  metric: EstimateMetric;
  isDifference?: true;
}[] = [
  {
    of: ({ successShare }) => successShare,
    metric: { stem: 'meshtax_success', unit: 'ratio', help: 'Answered of sent requests.', perUnit: 1 },
  },
  {
    of: ({ setUp }) => setUp.takenUs,
    metric: {
      stem: 'meshtax_set_up_time',
      unit: 'seconds',
      help: 'Time until a deployment was ready.',
      perUnit: US_PER_SECOND,
    },
  },
  {
    of: ({ setUp }) => setUp.addedUs,
    metric: {
      stem: 'meshtax_added_set_up_time',
      unit: 'seconds',
      help: 'Time until a deployment was ready, treatment minus baseline.',
      perUnit: US_PER_SECOND,
    },
    isDifference: true,
  },
];

/** What else is known of a treatment at a load. */
export function treatmentFamilies(analysis: RunAnalysis): Family[] {
  const places = placesOf(analysis);
  const plain = (name: string, help: string, value: (treatment: TreatmentAtLoad) => Measured<number>): Family => ({
    name,
    help,
    samples: places.map(({ labels, treatment }) => ({ labels, value: value(treatment) })),
  });
  const proven = places.filter(({ treatment }) => treatment.proof.applies);
  const busy = places.map(({ labels, treatment: { bottleneck } }) =>
    isMissing(bottleneck)
      ? { labels, value: bottleneck }
      : { labels: { ...labels, component: bottleneck.component }, value: bottleneck.busyShare },
  );
  return [
    plain('meshtax_trials_valid', 'Trials that are a fair measurement.', ({ validTrials }) => validTrials),
    plain('meshtax_requests', 'Requests of the valid trials.', ({ requests }) => requests),
    plain(
      'meshtax_achieved_rate_per_second',
      'Requests completed a second of the window.',
      ({ achievedRatePerSecond }) => achievedRatePerSecond,
    ),
    ...ESTIMATES.flatMap(({ of, metric, isDifference }) =>
      estimateFamilies(
        metric,
        places
          .filter(({ treatment }) => !(isDifference === true && treatment.isBaseline))
          .map(({ labels, treatment }) => ({ labels, estimate: of(treatment) })),
      ),
    ),
    {
      name: 'meshtax_bottleneck_busy_ratio',
      help: 'How busy the component nearest to the end of its capacity was.',
      samples: busy,
    },
    {
      name: 'meshtax_proof_holds',
      help: '1 where every request was proven to have gone through the mesh, 0 where not.',
      samples: proven.map(({ labels, treatment }) => ({ labels, value: treatment.proof.holds ? 1 : 0 })),
    },
  ];
}

/** What a saturation search found; no families where there was none. */
export function kneeFamilies(analysis: RunAnalysis): Family[] {
  const knees = (analysis.knees?.treatments ?? []).map((knee) => ({
    knee,
    labels: { ...scenarioLabel(analysis), treatment: knee.treatment },
  }));
  return [
    ...estimateFamilies(
      {
        stem: 'meshtax_held_rate',
        unit: 'per_second',
        help: 'Highest arrival rate that is held, in requests a second.',
        perUnit: 1,
      },
      knees.map(({ knee, labels }) => ({ labels, estimate: knee.heldPerSecond })),
    ),
    ...estimateFamilies(
      {
        stem: 'meshtax_held_rate_of_baseline',
        unit: 'ratio',
        help: "Highest arrival rate that is held, as a share of the baseline's.",
        perUnit: 1,
      },
      knees.flatMap(({ knee, labels }) =>
        knee.shareOfBaseline === null ? [] : [{ labels, estimate: knee.shareOfBaseline }],
      ),
    ),
  ];
}
