import { isMissing } from '../record/measured.ts';
import { absentText, figureOf, figureText } from './figure.ts';
import { projectFleet } from './fleet.ts';
import { keyLoad } from './keyLoad.ts';
import type { LoadAnalysis, RunAnalysis, TreatmentAtLoad } from './result.ts';
import { ratePerSecond as rateText } from './rounding.ts';
import { type SidecarFacts, sidecarFacts } from './sidecarFacts.ts';
import { failedProof } from './verdict.ts';

/** A case in which practitioners advise against a mesh. */
export interface MeshlessCase {
  title: string;
  /** What the run says of it, a sentence for each treatment, or why it says nothing. */
  fromRun: readonly string[];
  /** What no run can tell. */
  onlyYou: string;
}

/** Services below which a mesh is advised against. */
const FEW = 10;

/** A treatment at the load point that stands for the run. */
interface Sidecars {
  facts: SidecarFacts;
  at: TreatmentAtLoad;
  load: LoadAnalysis;
  /** Why none of its figures counts. */
  unproven: string | undefined;
}

/**
 * The four cases of the practitioners' guide that the documented budgets come from, as far as this run answers them, at the
 * highest load that has a valid block. Each holds a question that only the reader can answer, and none is a verdict.
 */
export function whenNotToMesh(analysis: RunAnalysis): MeshlessCase[] {
  const all = sidecarsAt(analysis);
  const each = (sentence: (of: Sidecars) => string) =>
    all.length === 0 ? ['No treatment with sidecars was measured.'] : all.map(sentence);
  return [
    {
      title: `Fewer than ${FEW} services`,
      fromRun: each(fewPods),
      onlyYou: 'How many services call each other, and how many will: a mesh is run once, however few they are.',
    },
    {
      title: 'Simple needs',
      fromRun: each(addedToCalls),
      onlyYou:
        'Which of mutual TLS, access rules between services, weighted routing, retries and uniform metrics you need, and whether a library or the ingress gives you them already.',
    },
    {
      title: 'Small machines',
      fromRun: each(oneSidecar),
      onlyYou: 'How much room your nodes have left, and how many pods share one: each of them brings a sidecar.',
    },
    {
      title: 'A young team',
      fromRun: [
        'Nothing: a run measures programs, not what people have to learn to upgrade a mesh and to debug in it.',
      ],
      onlyYou:
        'Who answers when a proxy, a certificate or the control plane fails, and whether there is time to learn that before.',
    },
  ];
}

function sidecarsAt(analysis: RunAnalysis): Sidecars[] {
  const load = keyLoad(analysis.loads);
  if (load === undefined) return [];
  const measuring = analysis.trials.filter(({ purpose }) => purpose === 'measure');
  return sidecarFacts(analysis).flatMap((facts) => {
    const at = load.treatments.find(({ treatment }) => treatment === facts.treatment);
    if (at === undefined) return [];
    return [{ facts, at, load, unproven: failedProof(measuring, { treatment: facts.treatment, load: load.load }) }];
  });
}

const rateOf = ({ load }: Sidecars): string => rateText(load.arrivalRatePerSecond);

function fewPods(of: Sidecars): string {
  const ratePerSecond = of.load.arrivalRatePerSecond;
  const [fleet] = projectFleet([of.facts], { pods: FEW, replicas: 1, ratePerSecond, prices: {} });
  if (fleet === undefined) return `${of.facts.treatment}: ${absentText('nothing could be projected')}.`;
  const cpu = figureText(figureOf('fleetCpu', fleet.cpuMillicores.used));
  const memory = figureText(figureOf('fleetMemory', fleet.memoryBytes.used));
  return `The sidecars of ${FEW} pods of ${of.facts.treatment}, with ${rateOf(of)} through each, use ${cpu} and ${memory}.`;
}

function addedToCalls(of: Sidecars): string {
  const p50 = addedAt(of, 'p50');
  const p99 = addedAt(of, 'p99');
  return `Whatever it is needed for, ${of.facts.treatment} as it was set here adds ${p50} at p50 and ${p99} at p99 to a call at ${rateOf(of)}.`;
}

/** As the verdicts judge it: not where a proof failed or the two baselines differ, and marked where few requests carry it. */
function addedAt({ at, load, unproven }: Sidecars, percentile: 'p50' | 'p99'): string {
  const overhead = at.overhead.find((each) => each.percentile === percentile);
  if (at.isBaseline) return absentText('it is what the others are compared with');
  if (overhead === undefined) return absentText('the analysis holds no such percentile');
  if (unproven !== undefined) return absentText(unproven);
  const { standing, note } = overhead.support;
  if (standing === 'absent') return absentText(note ?? 'too few requests lie beyond it');
  const noise = load.noise.find((each) => each.percentile === percentile);
  if (noise?.holdsZero === false) return absentText('the two baselines differ from each other there');
  const figure = figureOf('latency', overhead.addedUs);
  if (isMissing(figure)) return figureText(figure);
  return standing === 'coarse' ? `${figureText(figure)}, coarse,` : figureText(figure);
}

function oneSidecar(of: Sidecars): string {
  const { facts } = of;
  const at = facts.loads.find(({ ratePerSecond }) => ratePerSecond === of.load.arrivalRatePerSecond);
  const missing = { missing: 'no load point was measured' };
  const used = {
    cpu: figureText(figureOf('cpu', at?.usedCpuMillicores ?? missing)),
    memory: figureText(figureOf('memory', at?.usedMemoryBytes ?? missing)),
  };
  return `Each sidecar of ${facts.treatment} uses ${used.cpu} and ${used.memory} at ${rateOf(of)}; ${reservedText(facts)}.`;
}

/** A reason that holds for both is said once. */
function reservedText({ cpuMillicores: { reserved: cpu }, memoryBytes: { reserved: memory } }: SidecarFacts): string {
  if (isMissing(cpu) && isMissing(memory) && cpu.missing === memory.missing) return cpu.missing;
  const [ofCpu, ofMemory] = [figureText(figureOf('cpu', cpu)), figureText(figureOf('memory', memory))];
  return `it reserves ${ofCpu} of CPU and ${ofMemory} of memory`;
}
