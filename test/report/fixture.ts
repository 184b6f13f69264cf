import type {
  BudgetVerdict,
  Estimate,
  GateOverview,
  LoadAnalysis,
  OverheadAtPercentile,
  ProcessCost,
  RunAnalysis,
  TreatmentAtLoad,
  VerdictWord,
} from '../../src/analysis/result.ts';
import type { DeploymentRecord } from '../../src/record/runRecord.ts';
import type { BudgetLine, Percentile } from '../../src/scenario/scenario.ts';

const BUILD = 'upstream Envoy 1.38.0, Istio topology, mTLS strict';
const NO_MESH = 'no mesh';
const IDENTITY = 'spiffe://cluster.local/ns/bench/sa/client';

export function estimate(point: number, low: number, high: number): Estimate {
  return { point, low, high, n: 6, confidence: 0.96875 };
}

/** What one load point found, in µs; the pooled percentiles are p50, p90, p99, p999. */
interface LoadNumbers {
  load: number;
  rate: number;
  baselineUs: readonly number[];
  envoyUs: readonly number[];
  added: readonly (readonly [number, number, number])[];
  millicores: readonly [number, number];
}

const PERCENTILE_OF = ['p50', 'p90', 'p99', 'p999'] as const satisfies readonly Percentile[];

function overheadOf(numbers: LoadNumbers, index: number): OverheadAtPercentile {
  const percentile = PERCENTILE_OF[index] ?? 'p50';
  const beyond = Math.round(numbers.rate * 10 * ([0.5, 0.1, 0.01, 0.001][index] ?? 0));
  const standing = beyond >= 100 ? 'reported' : beyond >= 25 ? 'coarse' : 'absent';
  const added = numbers.added[index];
  const absent = { missing: 'needs 25,000 requests a trial' };
  const weak = {
    coarse: `only ${beyond} requests of a trial lie beyond it`,
    absent: absent.missing,
    reported: undefined,
  };
  const note = weak[standing];
  return {
    percentile,
    support: { percentile, beyond, standing, ...(note === undefined ? {} : { note }) },
    addedUs: added === undefined ? absent : estimate(...added),
    perBlock:
      added === undefined
        ? []
        : [-0.7, 0.2, 0.95, -0.1, 0.4, -0.35].map((place, block) => ({
            block: block + 1,
            addedUs: Math.round(added[0] + place * (added[2] - added[0])),
          })),
    pooledUs: numbers.envoyUs[index] ?? absent,
    baselinePooledUs: numbers.baselineUs[index] ?? absent,
  };
}

/** A curve through the pooled percentiles, straight between them on logarithmic axes. */
function curveOf(us: readonly number[]): { quantile: number; responseUs: number }[] {
  const [p50 = 100, p90 = 150, p99 = 300] = us;
  const knots = [
    [1, p50 * 0.55],
    [2, p50],
    [10, p90],
    [100, p99],
    [1000, p99 * 2.4],
    [10_000, p99 * 5.5],
  ] as const;
  return knots.flatMap(([x, y], index) => {
    const [nextX, nextY] = knots[index + 1] ?? [x, y];
    return [0, 0.25, 0.5, 0.75].slice(0, nextX === x ? 1 : 4).map((share) => ({
      quantile: 1 - 1 / (x * (nextX / x) ** share),
      responseUs: Math.round(y * (nextY / y) ** share),
    }));
  });
}

function costOf(
  role: ProcessCost['role'],
  hop: ProcessCost['hop'],
  at: { cpu: number; rate: number; mb: number },
): ProcessCost {
  const { cpu, rate, mb } = at;
  return {
    role,
    hop,
    cpuMillicores: estimate(cpu, cpu * 0.96, cpu * 1.045),
    cpuMsPerThousandRequests: estimate((cpu * 1000) / rate, (cpu * 960) / rate, (cpu * 1045) / rate),
    memoryRssBytes: estimate(mb * 1e6, mb * 0.992e6, mb * 1.011e6),
    memoryAnonBytes: estimate(mb * 0.42e6, mb * 0.415e6, mb * 0.43e6),
  };
}

function treatmentAt(numbers: LoadNumbers, treatment: 'none' | 'envoy'): TreatmentAtLoad {
  const { rate, millicores } = numbers;
  const meshed = treatment === 'envoy';
  const trials = meshed ? 6 : 12;
  const requests = rate * 10 * trials;
  const [client, server] = millicores;
  const count = requests.toLocaleString('en');
  const service = { cpu: rate * 0.085, rate, mb: 62.4 };
  return {
    treatment,
    build: meshed ? BUILD : NO_MESH,
    isBaseline: !meshed,
    validTrials: trials,
    requests,
    requestedRatePerSecond: rate,
    achievedRatePerSecond: rate - 0.4,
    overhead: meshed ? [0, 1, 2, 3].map((index) => overheadOf(numbers, index)) : [],
    curve: curveOf(meshed ? numbers.envoyUs : numbers.baselineUs),
    costs: [
      ...(meshed
        ? [
            costOf('proxy', 'client', { cpu: client, rate, mb: 47.1 }),
            costOf('proxy', 'server', { cpu: server, rate, mb: 48.3 }),
          ]
        : []),
      costOf('application', 'server', service),
      costOf('driver', 'client', { cpu: rate * 0.16, rate, mb: 91 }),
    ],
    balance: {
      machine: meshed ? 412.6 : 251.3,
      proxies: meshed ? client + server : 0,
      applications: service.cpu,
      driver: rate * 0.16,
      rest: { missing: 'interrupt time is not accounted on this kernel' },
    },
    proof: {
      applies: meshed,
      holds: true,
      sent: requests,
      seenWithIdentity: requests,
      identity: meshed ? IDENTITY : null,
      throughClientProxy: requests,
      throughServerProxy: requests,
      handshakes: 118,
      plaintextTries: meshed ? 6 : 0,
      plaintextRefused: meshed ? 6 : 0,
      plaintextExpected: meshed ? 'refused' : null,
      sentence: meshed
        ? `${count} requests sent = ${count} seen with ${IDENTITY} = ${count} through the client proxy = ${count} through the server proxy; 118 handshakes since the proxies started; plaintext refused in 6 of 6 tries`
        : 'no proxies, nothing to prove',
    },
  };
}

function loadAnalysis(numbers: LoadNumbers): LoadAnalysis {
  const noiseOf = (percentile: Percentile, [point, low, high]: readonly [number, number, number]) => ({
    percentile,
    differenceUs: { ...estimate(point, low, high), confidence: 0.99 },
    holdsZero: low <= 0 && high >= 0,
    smallestEffectUs: Math.round((high - low) / 3),
  });
  return {
    load: numbers.load,
    arrivalRatePerSecond: numbers.rate,
    blocksValid: 6,
    blocksRun: 7,
    blocksLost:
      numbers.load === 1
        ? [{ block: 4, because: 'stalls-system: the machine lost 7.1 % of the window in trial 23' }]
        : [],
    treatments: [treatmentAt(numbers, 'envoy'), treatmentAt(numbers, 'none')],
    noise: [
      noiseOf('p50', [2, -9, 12]),
      noiseOf('p90', [-4, -22, 17]),
      noiseOf('p99', [11, -64, 92]),
      {
        percentile: 'p999',
        differenceUs: { missing: 'needs 25,000 requests a trial' },
        holdsZero: { missing: 'needs 25,000 requests a trial' },
        smallestEffectUs: { missing: 'needs 25,000 requests a trial' },
      },
    ],
  };
}

const LOADS: readonly LoadNumbers[] = [
  {
    load: 0,
    rate: 500,
    baselineUs: [118, 164, 402],
    envoyUs: [611, 742, 1480],
    added: [
      [492, 471, 517],
      [577, 548, 611],
      [1071, 812, 1390],
    ],
    millicores: [71.4, 78.2],
  },
  {
    load: 1,
    rate: 1000,
    baselineUs: [109, 158, 377],
    envoyUs: [634, 803, 1712],
    added: [
      [524, 493, 551],
      [644, 601, 690],
      [1334, 1081, 1702],
    ],
    millicores: [124.6, 137.9],
  },
];

const P50_BUDGET: BudgetLine = {
  metric: 'added-latency',
  percentile: 'p50',
  atMost: 5000,
  documentedFrom: 2000,
  for: 'envoy',
  role: 'required',
  source: "documented for Istio's sidecar",
};
const P99_BUDGET: BudgetLine = { ...P50_BUDGET, percentile: 'p99', atMost: 15_000, documentedFrom: 10_000 };
const CPU_BUDGET: BudgetLine = {
  metric: 'proxy-cpu',
  atMost: 100,
  for: 'envoy',
  role: 'advisory',
  source: 'typical sidecar request',
};
const MEMORY_BUDGET: BudgetLine = { ...CPU_BUDGET, metric: 'proxy-memory', atMost: 128 * 1024 * 1024 };

function verdictsOf(numbers: LoadNumbers): BudgetVerdict[] {
  const [p50 = [0, 0, 0], , p99 = [0, 0, 0]] = numbers.added;
  const cpu = numbers.millicores[1];
  const at = { treatment: 'envoy', load: numbers.load, arrivalRatePerSecond: numbers.rate };
  return [
    {
      ...at,
      line: P50_BUDGET,
      estimate: estimate(p50[0], p50[1], p50[2]),
      verdict: 'within',
      betterThanDocumented: true,
      because: 'the upper bound is under the budget',
    },
    {
      ...at,
      line: P99_BUDGET,
      estimate: estimate(p99[0], p99[1], p99[2]),
      verdict: 'within',
      betterThanDocumented: true,
      because: 'the upper bound is under the budget',
    },
    {
      ...at,
      line: CPU_BUDGET,
      estimate: estimate(cpu, cpu * 0.96, cpu * 1.045),
      verdict: cpu > 100 ? 'over' : 'within',
      betterThanDocumented: false,
      because: `the server proxy is the costliest, at ${numbers.rate.toLocaleString('en')}/s`,
    },
    {
      ...at,
      line: MEMORY_BUDGET,
      estimate: estimate(48.3e6, 47.9e6, 48.8e6),
      verdict: 'within',
      betterThanDocumented: false,
      because: `the server proxy is the costliest, at ${numbers.rate.toLocaleString('en')}/s`,
    },
  ];
}

function gate(id: string, about: Partial<GateOverview>): GateOverview {
  return {
    gate: id,
    question: 'Was the load driven as it was asked for?',
    threshold: 'at least 99.9 % of the scheduled requests sent',
    reason: 'a driver that leaves out requests leaves out the slow ones',
    remedy: 'lower the arrival rate',
    kind: 'load',
    required: true,
    pass: 37,
    fail: 0,
    notMeasured: 0,
    worst: '100 % sent in trial 9',
    ...about,
  };
}

const GATES: readonly GateOverview[] = [
  gate('rate-achieved', {}),
  gate('errors', {
    question: 'Did the requests succeed?',
    threshold: 'at most 0.1 % failed',
    reason: 'a failed request is often a fast one',
    worst: '0 of 10,000 failed in trial 1',
  }),
  gate('stalls-system', {
    question: 'Did the system under test have the machine to itself?',
    threshold: 'at most 5 % of the window lost, no stall of 100 ms',
    reason: 'a machine that stands still makes every request slow',
    remedy: 'close other programs, or use a quieter machine',
    kind: 'machine',
    required: false,
    pass: 36,
    fail: 1,
    worst: '7.1 % of the window lost in trial 23',
  }),
  gate('peer-identity', {
    question: 'Did every request carry the identity of the client proxy?',
    threshold: 'all of them, and none without a mesh',
    reason: 'a request without it did not travel under mTLS',
    kind: 'proof',
    worst: '10,000 of 10,000 in trial 2',
  }),
  gate('concurrency', {
    question: 'Did each proxy run with the worker threads asked for?',
    threshold: 'the effective number equals the one asked for',
    reason: 'a proxy with more threads costs and answers differently',
    kind: 'proof',
    pass: 30,
    notMeasured: 7,
    worst: 'the admin port did not answer in trial 31',
  }),
];

function deployment(id: string, treatment: 'none' | 'envoy', block: number): DeploymentRecord {
  const meshed = treatment === 'envoy';
  const hops = meshed ? (['client', 'server'] as const) : [];
  return {
    schema: 'meshtax/deployment@1',
    id,
    treatment,
    mesh: treatment,
    block,
    startedAt: '2026-03-02T09:00:00.000Z',
    readyAfterMs: 840,
    expectation: {
      build: meshed ? BUILD : NO_MESH,
      hops: hops.length,
      peerIdentity: meshed ? IDENTITY : null,
      plaintext: meshed ? 'refused' : null,
      concurrency: meshed ? 2 : null,
      requestCounters: [],
      handshakeCounter: null,
    },
    pods: [],
    proxies: hops.map((hop) => ({
      hop,
      pid: 400,
      version: '1.38.0',
      concurrencyAsked: 2,
      concurrencyEffective: 2,
      configurationSha256: '9f2c4b',
    })),
  };
}

const SCENARIO_TEXT = `# Does a sidecar fit the documented budgets for a 1 kB JSON API?
name: mesh-comparison
platform: local
treatments:
  - mesh: none
  - mesh: envoy
    settings: { mtls: strict, concurrency: 2 }
load:
  arrivalRate: [500/s, 1000/s]
  connections: 16
  responseBytes: 1kB
  warmUp: 2s
  duration: 10s
blocks: { min: 6, max: 15 }
budgets: documented
`;

/** A run as a laptop gives it: two loads, one treatment beside the baseline, every required budget kept. */
export function within(): RunAnalysis {
  return {
    run: {
      schema: 'meshtax/run@1',
      runId: '2026-03-02T09-00-00-mesh-comparison',
      tool: { name: 'meshtax', version: '0.1.0' },
      command: ['meshtax', 'run', 'scenarios/mesh-comparison.yaml', '--seed', '42'],
      startedAt: '2026-03-02T09:00:00.000Z',
      scenarioFile: 'scenarios/mesh-comparison.yaml',
      scenarioText: SCENARIO_TEXT,
      seed: 42,
      planDigest: '5d41402abc4b2a76b9719d911017c592ae1f0c3b7e1d4a5f60718293a4b5c6d7',
      platform: {
        id: 'local',
        mode: 'network namespaces',
        refused: [{ mode: 'user namespaces', because: 'the kernel does not allow them to this user' }],
        leavesOut: [
          "Istio's own filters (telemetry, metadata exchange) and its agent",
          'the control plane and its cost',
          'a real network between the pods',
        ],
        affinity: { driver: [0], system: [1] },
        details: { Network: 'veth pairs over a bridge' },
      },
      environment: {
        kernel: '6.8.0-45-generic',
        cpuModel: 'Example CPU 3.1 GHz',
        cores: 2,
        memoryBytes: 8_211_456_000,
        governor: { missing: 'the kernel exposes no cpufreq' },
        cgroupVersion: '2',
        irqTimeAccounting: false,
        virtualised: true,
        node: '20.20.2',
      },
      idleNoise: {
        seconds: 5,
        perCore: [
          { core: 0, lostShare: 0.0141, stallsOver1msPerSecond: 1.2, longestUs: 6120 },
          { core: 1, lostShare: 0.0088, stallsOver1msPerSecond: 0.6, longestUs: 3911 },
        ],
      },
      ended: { at: '2026-03-02T09:17:41.000Z', because: '6 valid blocks at each load', complete: true },
    },
    scenario: {
      name: 'mesh-comparison',
      question: 'Does a sidecar fit the documented budgets for a 1 kB JSON API?',
      platform: 'local',
      treatments: [
        { name: 'none', mesh: 'none', settings: {}, serviceTimeUs: 0 },
        { name: 'envoy', mesh: 'envoy', settings: { mtls: 'strict', concurrency: 2 }, serviceTimeUs: 0 },
      ],
      baseline: 0,
      services: { topology: 'echo' },
      load: {
        protocol: 'http1',
        arrivals: 'poisson',
        arrivalRatesPerSecond: [500, 1000],
        connections: 16,
        requestBytes: 0,
        responseBytes: 1000,
        warmUpMs: 2000,
        durationMs: 10_000,
        timeoutMs: 5000,
      },
      blocks: { min: 6, max: 15 },
      budgets: { name: 'documented', lines: [P50_BUDGET, P99_BUDGET, CPU_BUDGET, MEMORY_BUDGET] },
    },
    deployments: [1, 2, 3, 4, 5, 6].flatMap((block) => [
      deployment(`b${block}-none`, 'none', block),
      deployment(`b${block}-envoy`, 'envoy', block),
    ]),
    incomplete: false,
    conclusion: {
      outcome: 'within',
      exitCode: 0,
      sentence:
        'envoy adds 1.33 ms at p99 (interval 1.08 to 1.70 ms) at 1,000/s: within the 15 ms budget, as are all required lines',
      caveats: [
        'p99 at 500/s is coarse: only 50 requests of a trial lie beyond it',
        'block 4 at 1,000/s carries no comparison: the machine stalled',
        'what ran is upstream Envoy, not an Istio release',
      ],
    },
    verdicts: LOADS.flatMap(verdictsOf),
    loads: LOADS.map(loadAnalysis),
    gates: GATES,
    trials: [
      {
        index: 1,
        block: 1,
        treatment: 'none',
        replica: 0,
        load: 0,
        attempt: 1,
        outcome: 'valid',
        gates: [{ gate: 'errors', answer: 'pass', detail: '0 of 5,000 failed', value: 0 }],
      },
      {
        index: 23,
        block: 4,
        treatment: 'envoy',
        replica: 0,
        load: 1,
        attempt: 1,
        outcome: 'repeat',
        gates: [
          { gate: 'errors', answer: 'pass', detail: '0 of 10,000 failed', value: 0 },
          { gate: 'stalls-system', answer: 'fail', detail: '7.1 % of the window lost', value: 0.071 },
        ],
      },
    ],
  };
}

function withVerdict(word: VerdictWord, line: BudgetLine, because: string): BudgetVerdict[] {
  const numbers = LOADS[1];
  if (numbers === undefined) return [];
  const [p50 = [0, 0, 0]] = numbers.added;
  const measured = estimate(p50[0], p50[1], p50[2]);
  const at = { treatment: 'envoy', load: 1, arrivalRatePerSecond: 1000 };
  return [{ ...at, line, estimate: measured, verdict: word, betterThanDocumented: false, because }];
}

/** The same numbers against a budget that they break. */
export function over(): RunAnalysis {
  return {
    ...within(),
    conclusion: {
      outcome: 'over',
      exitCode: 1,
      sentence: 'envoy adds 0.52 ms at p50 (interval 0.49 to 0.55 ms) at 1,000/s: over the 0.3 ms budget',
      caveats: [],
    },
    verdicts: withVerdict('over', { ...P50_BUDGET, atMost: 300 }, 'the lower bound is above the budget'),
  };
}

/** The same numbers against a budget that lies within their interval. */
export function inconclusive(): RunAnalysis {
  return {
    ...within(),
    conclusion: {
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'envoy adds 0.52 ms at p50 (interval 0.49 to 0.55 ms) at 1,000/s: the 0.55 ms budget lies too near to tell',
      caveats: ['more blocks would narrow the interval'],
    },
    verdicts: withVerdict('inconclusive', { ...P50_BUDGET, atMost: 549 }, 'the interval holds the budget'),
  };
}

/** A run that was killed before it ended. */
export function incomplete(): RunAnalysis {
  const { ended: _, ...run } = within().run;
  return { ...inconclusive(), run, incomplete: true };
}

/** A run in which no block was a fair measurement. */
export function noValidBlock(): RunAnalysis {
  const base = within();
  const none = { missing: 'no valid block' };
  const cost = (entry: ProcessCost): ProcessCost => ({
    ...entry,
    cpuMillicores: none,
    cpuMsPerThousandRequests: none,
    memoryRssBytes: none,
    memoryAnonBytes: none,
  });
  return {
    ...base,
    conclusion: {
      outcome: 'inconclusive',
      exitCode: 4,
      sentence: 'no block was a fair measurement: nothing can be said about the cost of envoy',
      caveats: [],
    },
    verdicts: base.verdicts.map((entry) => ({
      ...entry,
      estimate: none,
      verdict: 'inconclusive' as const,
      betterThanDocumented: false,
      because: 'no valid block',
    })),
    loads: base.loads.map((load) => ({
      ...load,
      blocksValid: 0,
      blocksLost: [1, 2, 3, 4, 5, 6].map((block) => ({ block, because: 'unsent: 412 requests were never sent' })),
      treatments: load.treatments.map((treatment) => ({
        ...treatment,
        validTrials: 0,
        requests: 0,
        achievedRatePerSecond: none,
        overhead: treatment.overhead.map((entry) => ({
          ...entry,
          addedUs: none,
          perBlock: [],
          pooledUs: none,
          baselinePooledUs: none,
        })),
        curve: [],
        costs: treatment.costs.map(cost),
      })),
      noise: load.noise.map((entry) => ({ ...entry, differenceUs: none, holdsZero: none, smallestEffectUs: none })),
    })),
  };
}

export const HOSTILE_NAME = '</script><script>alert(1)</script>';
export const HOSTILE_BUILD = '"><img src=x onerror=alert(2)>';
export const HOSTILE_SENTENCE = '=HYPERLINK("x")\u001b[2J<!-- \u2028 \u202e | `code` *bold* --> & done';

/** Text from scenario, machine and proxies that tries to break out of every format. */
export function hostile(): RunAnalysis {
  const base = within();
  const swap = (text: string) =>
    text.replaceAll('envoy', HOSTILE_NAME).replaceAll(BUILD, HOSTILE_BUILD).replaceAll('at most', HOSTILE_SENTENCE);
  const swapped: unknown = JSON.parse(JSON.stringify(base), (_key, value: unknown) =>
    typeof value === 'string' && value !== 'application' ? swap(value) : value,
  );
  return {
    ...(swapped as RunAnalysis),
    conclusion: {
      ...base.conclusion,
      sentence: HOSTILE_SENTENCE,
      caveats: [HOSTILE_BUILD, HOSTILE_SENTENCE, HOSTILE_NAME],
    },
  };
}

export const VARIANTS = { within, over, inconclusive, incomplete, noValidBlock, hostile };
