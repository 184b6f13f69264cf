import { FLEET_PODS } from '../../analysis/budgetQuantity.ts';
import { boundOrder } from '../../analysis/estimate.ts';
import { HOURS_PER_MONTH, projectFleet } from '../../analysis/fleet.ts';
import { keyLoad } from '../../analysis/keyLoad.ts';
import type { Estimate, RunAnalysis } from '../../analysis/result.ts';
import { ratePerSecond } from '../../analysis/rounding.ts';
import { type SidecarFacts, sidecarFacts } from '../../analysis/sidecarFacts.ts';
import { whenNotToMesh } from '../../analysis/whenNotToMesh.ts';
import { listText } from '../../analysis/wording.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import {
  documentedFleet,
  FLEET_COLUMNS,
  FLEET_KEYS,
  FLEET_KINDS,
  type FleetColumn,
  type FleetKind,
  type FleetRow,
  fleetAssumptions,
  fleetRows,
} from '../fleet.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { facts, figure, list, table, treatmentName } from './parts.ts';

/** What the sidecars of a fleet would take, as a table and as a form, and when a mesh is advised against. */
export function fleetSection(analysis: RunAnalysis): Markup | undefined {
  const known = sidecarFacts(analysis);
  const projections = documentedFleet(analysis);
  if (projections.length === 0) return undefined;
  const rows = fleetRows(projections).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `${row.rate} through each`),
    markup`${FLEET_KINDS[row.kind].title}`,
    ...FLEET_KEYS.map((key) => markup`${figure(row.figures[key])}${below(row, key)}`),
  ]);
  const columns = [{ title: 'Treatment' }, { title: 'What' }, ...numberColumns()];
  return markup`<section id="fleet"><h2>A fleet of sidecars</h2>
<p class="lead">What the sidecars of ${FLEET_PODS} pods would reserve and use, at the rates that this run measured, beside the claim that is documented for as many.</p>
${table({ caption: `Sidecars of ${FLEET_PODS} pods`, columns, rows, stack: true })}
<details open><summary>What these figures rest on</summary>${list(fleetAssumptions(projections))}</details>
${panel(analysis, known)}</section>
${meshlessSection(analysis)}`;
}

/** The limit stands below what is reserved, and the memory of an empty mesh below what is used. */
function below({ limit, emptyEach }: FleetRow, key: FleetColumn): Markup | undefined {
  if (key === 'reserved' && limit !== null) return markup`<span class="sub">limit: ${figure(limit)}</span>`;
  if (key !== 'used' || emptyEach === null) return undefined;
  return markup`<span class="sub">empty mesh, of each: ${figure(emptyEach)}</span>`;
}

const numberColumns = () => FLEET_KEYS.map((key) => ({ title: FLEET_COLUMNS[key], number: true }));

/** A figure as the page's script reads it: point and ends, or the reason why there is none. */
type Told = readonly [point: number, low: number, high: number] | string;

/** What the form computes from, of one treatment; CPU in millicores and memory in bytes, of one sidecar. */
export interface PanelFacts {
  cpu: { reserved: Told; documented: Told };
  memory: { reserved: Told; documented: Told };
  loads: readonly { rate: number; cpu: Told; memory: Told }[];
  /** Idle and slope of each round, and which of their sorted Walsh averages, from either end, ends the interval. */
  line: { from: number; to: number; perRound: readonly (readonly [number, number])[]; order: number } | string;
}

export function panelFacts(known: SidecarFacts): PanelFacts {
  // What one sidecar is taken to request does not depend on its rate.
  const [one] = projectFleet([known], { pods: 1, replicas: 1, ratePerSecond: 0, prices: {} });
  const { cpuMillicores: cpu = known.cpuMillicores, memoryBytes: memory = known.memoryBytes } = one ?? {};
  return {
    cpu: { reserved: told(cpu.reserved), documented: told(cpu.documented) },
    memory: { reserved: told(memory.reserved), documented: told(memory.documented) },
    loads: known.loads.map((load) => ({
      rate: load.ratePerSecond,
      cpu: told(load.usedCpuMillicores),
      memory: told(load.usedMemoryBytes),
    })),
    line: lineFacts(known.line),
  };
}

const told = (estimate: Measured<Estimate>): Told =>
  isMissing(estimate) ? estimate.missing : [estimate.point, estimate.low, estimate.high];

function lineFacts(line: SidecarFacts['line']): PanelFacts['line'] {
  if (isMissing(line)) return line.missing;
  return {
    from: line.fromPerSecond,
    to: line.toPerSecond,
    perRound: line.perRound.map((round) => [round.idleMillicores, round.millicoresPerThousandPerSecond] as const),
    order: boundOrder(line.perRound.length),
  };
}

const KINDS = Object.keys(FLEET_KINDS) as readonly FleetKind[];
const INPUTS = 'fleet-pods fleet-rate fleet-hops fleet-core fleet-gib';

const COUNT = 'a whole number from 1 to 1,000,000';
const PRICE = 'a price from 0 on, or nothing';

/** The form stays hidden until the script, which alone can answer it, shows it. */
function panel(analysis: RunAnalysis, known: readonly SidecarFacts[]): Markup {
  const rows = known.flatMap(({ treatment }, index) =>
    KINDS.map((kind) => [
      treatmentName(treatment, toneOf(analysis, treatment)),
      markup`${FLEET_KINDS[kind].title}`,
      // Each would be read out at every key that is pressed: the line above the table is, instead.
      ...FLEET_KEYS.map(
        (key) => markup`<output id="fleet-${index}-${kind}-${key}" for="${INPUTS}" aria-live="off"></output>`,
      ),
    ]),
  );
  const columns = [{ title: 'Treatment' }, { title: 'What' }, ...numberColumns()];
  const rates = [...new Set(known.flatMap(({ loads }) => loads.map((load) => load.ratePerSecond)))];
  const measured = listText(rates.map(ratePerSecond));
  const rate = keyLoad(analysis.loads)?.arrivalRatePerSecond ?? 0;
  const content = JSON.stringify(known.map(panelFacts));
  return markup`<form id="fleet-form" hidden data-fleet="${content}"><h3>Another fleet</h3>
<div class="fields">
${field({ id: 'pods', label: 'Pods, each with one sidecar', value: FLEET_PODS, hint: COUNT })}
${field({ id: 'rate', label: 'Requests a second for each pod', value: rate, hint: `a rate from 0 on; measured: ${measured}` })}
${field({ id: 'hops', label: 'Sidecars that each passes', value: 1, hint: COUNT })}
${field({ id: 'core', label: 'Price of a core for an hour', hint: PRICE })}
${field({ id: 'gib', label: 'Price of a GiB for an hour', hint: PRICE })}
</div>
<p class="small">Between rates that were measured, CPU lies on the line through three of them or more, and memory is that of the next higher one. Nothing is extrapolated. A month has ${HOURS_PER_MONTH} hours; where only one price is given, the money is of that part alone.</p>
<p><output id="fleet-said" for="${INPUTS}"></output></p>
${table({ caption: 'What this fleet would take', columns, rows, stack: true })}
</form>`;
}

interface Field {
  id: 'pods' | 'rate' | 'hops' | 'core' | 'gib';
  label: string;
  /** Absent: empty, which is allowed. */
  value?: number;
  /** What it takes, as the script tells it where something else was typed. */
  hint: string;
}

function field({ id, label, value, hint }: Field): Markup {
  const range = hint === COUNT ? markup` min="1" max="1000000" step="1"` : markup` min="0" step="any"`;
  const content = value === undefined ? undefined : markup` required value="${value}"`;
  return markup`<div><label for="fleet-${id}">${label}</label><input id="fleet-${id}" type="number" inputmode="decimal" autocomplete="off"${range}${content} aria-describedby="fleet-${id}-hint"><span class="sub" id="fleet-${id}-hint">${hint}</span></div>`;
}

function meshlessSection(analysis: RunAnalysis): Markup {
  const cases = whenNotToMesh(analysis).map(
    ({ title, fromRun, onlyYou }) =>
      markup`<h3>${title}</h3>${facts([...fromRun.map((value) => ({ label: 'This run', value })), { label: 'Only you know', value: onlyYou }])}`,
  );
  return markup`<section id="when-not"><h2>When not to mesh</h2>
<p class="lead">Four cases in which practitioners advise against a mesh: what this run says of each, and what no run can tell.</p>
${cases}</section>`;
}
