import { FLEET_PODS } from '../analysis/budgetQuantity.ts';
import { confidenceText, type Figure, figureOf } from '../analysis/figure.ts';
import { type FleetAmounts, type FleetProjection, projectFleet } from '../analysis/fleet.ts';
import type { QuantityId } from '../analysis/quantities.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { sidecarFacts } from '../analysis/sidecarFacts.ts';
import { isMissing, type Measured } from '../record/measured.ts';

/** Columns of a fleet's table, in the order in which they are printed. */
export const FLEET_COLUMNS = {
  reserved: 'Reserved',
  used: 'Used',
  larger: 'The larger of both',
  documented: 'Documented',
} as const;
export type FleetColumn = keyof typeof FLEET_COLUMNS;
export const FLEET_KEYS = Object.keys(FLEET_COLUMNS) as readonly FleetColumn[];

/** What is counted, and the quantity that it is printed as. */
export const FLEET_KINDS = {
  cpu: { title: 'CPU', quantity: 'fleetCpu' },
  memory: { title: 'memory', quantity: 'fleetMemory' },
  money: { title: 'money', quantity: 'money' },
} as const satisfies Record<string, { title: string; quantity: QuantityId }>;
export type FleetKind = keyof typeof FLEET_KINDS;

export interface FleetRow {
  treatment: string;
  build: string;
  sidecars: number;
  /** Through each sidecar. */
  rate: string;
  kind: FleetKind;
  figures: Readonly<Record<FleetColumn, Measured<Figure>>>;
  /** null for money, which no limit asks for. */
  limit: Measured<Figure> | null;
  /** Of one sidecar and only beside memory, else null. */
  emptyEach: Measured<Figure> | null;
}

/** Of each projection a row for CPU, one for memory, and one for money where there are prices. */
export function fleetRows(projections: readonly FleetProjection[]): FleetRow[] {
  return projections.flatMap((fleet) => {
    const { treatment, build, sidecars, cpuMillicores, memoryBytes, moneyPerMonth } = fleet;
    const of = { treatment, build, sidecars, rate: ratePerSecond(fleet.ratePerSecond), emptyEach: null };
    const [cpu, memory] = [figuresOf('cpu', cpuMillicores), figuresOf('memory', memoryBytes)];
    const rows: FleetRow[] = [
      { ...of, kind: 'cpu', figures: cpu, limit: figureOf('fleetCpu', cpuMillicores.limit) },
      {
        ...of,
        kind: 'memory',
        figures: memory,
        limit: figureOf('fleetMemory', memoryBytes.limit),
        emptyEach: figureOf('memory', fleet.emptyMemoryBytesEach),
      },
    ];
    if (moneyPerMonth === null) return rows;
    return [...rows, { ...of, kind: 'money', figures: figuresOf('money', moneyPerMonth), limit: null }];
  });
}

/** Beside the documented figure no digit is rounded to its other side. */
function figuresOf(kind: FleetKind, amounts: Pick<FleetAmounts, FleetColumn>): FleetRow['figures'] {
  const { documented } = amounts;
  const beside = isMissing(documented) ? undefined : documented.point;
  const figure = (key: FleetColumn) => figureOf(FLEET_KINDS[kind].quantity, amounts[key], beside);
  return {
    reserved: figure('reserved'),
    used: figure('used'),
    larger: figure('larger'),
    documented: figure('documented'),
  };
}

/** As many pods as the documented claim is about, at the rates that were measured. */
export function documentedFleet(analysis: RunAnalysis): FleetProjection[] {
  return projectFleet(sidecarFacts(analysis), { pods: FLEET_PODS, replicas: 1, prices: {} });
}

/** What the projections rest on, each sentence once, and the confidence of the intervals of what is used. */
export function fleetAssumptions(projections: readonly FleetProjection[]): string[] {
  const confidence = confidenceText(fleetRows(projections).map(({ figures }) => figures.used));
  const sentences = projections.flatMap(({ assumptions }) => assumptions);
  return [...(confidence === undefined ? [] : [`Intervals: ${confidence}.`]), ...new Set(sentences)];
}
