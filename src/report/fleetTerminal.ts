import { styleText } from 'node:util';
import { figureText } from '../analysis/figure.ts';
import type { FleetProjection } from '../analysis/fleet.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import type { MeshlessCase } from '../analysis/whenNotToMesh.ts';
import { countOf } from '../analysis/wording.ts';
import { FLEET_KEYS, FLEET_KINDS, type FleetColumn, type FleetRow, fleetAssumptions, fleetRows } from './fleet.ts';
import { padded, WIDTH, wrap } from './text.ts';

/** A run's fleet, and what the run says of the cases in which a mesh is advised against. */
export interface ToldFleet {
  analysis: RunAnalysis;
  projections: readonly FleetProjection[];
  cases: readonly MeshlessCase[];
}

const LINES = {
  reserved: 'reserved',
  used: 'used',
  larger: 'the larger',
  documented: 'documented',
} as const satisfies Record<FleetColumn, string>;

/** The projection for a terminal: no line wider than 80 columns, colour only where it is asked for. */
export function renderFleet({ analysis, projections, cases }: ToldFleet, options: { colour: boolean }): string {
  const paint = (style: 'bold' | 'dim' | 'yellow', text: string) =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const { runId, platform } = analysis.run;
  const head = [
    ...wrap(`Scenario ${analysis.scenario.name}, run ${runId}, ${platform.id} mode ${platform.mode}`, WIDTH).map(
      (line) => paint('dim', line),
    ),
    ...(analysis.incomplete
      ? [paint('yellow', 'This run did not finish: it holds what was measured until then.')]
      : []),
  ];
  const sections = [
    head,
    ...projections.map((projection) => {
      const rows = fleetRows([projection]);
      return [...rows.slice(0, 1).flatMap((row) => title(row, paint)), ...rows.flatMap(linesOf)];
    }),
    section('What these figures rest on', fleetAssumptions(projections).flatMap(bullet), paint),
    section('When not to mesh', cases.flatMap(caseLines), paint),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

type Paint = (style: 'bold', text: string) => string;

function section(heading: string, lines: readonly string[], paint: Paint): string[] {
  return [paint('bold', heading), ...lines];
}

function title({ treatment, build, sidecars, rate }: FleetRow, paint: Paint): string[] {
  const text = `${treatment}: ${countOf(sidecars, 'sidecar')}, ${rate} through each`;
  return [
    ...wrap(text, WIDTH).map((line) => paint('bold', line)),
    ...wrap(`[${build}]`, WIDTH, { first: '  ', rest: '    ' }),
  ];
}

function linesOf({ kind, figures, limit, emptyEach }: FleetRow): string[] {
  const told = [
    ...FLEET_KEYS.map((key) => ({ label: LINES[key], text: figureText(figures[key]) })),
    ...(limit === null ? [] : [{ label: 'limit', text: figureText(limit) }]),
    ...(emptyEach === null
      ? []
      : [{ label: 'empty mesh', text: `${figureText(emptyEach)} of each sidecar before the first request` }]),
  ];
  return told.flatMap(({ label, text }, index) =>
    wrap(text, WIDTH, {
      first: `  ${padded(index === 0 ? FLEET_KINDS[kind].title : '', 8)}${padded(label, 12)}`,
      rest: ' '.repeat(22),
    }),
  );
}

const bullet = (text: string): string[] => wrap(text, WIDTH, { first: '  - ', rest: '    ' });

function caseLines({ title: heading, fromRun, onlyYou }: MeshlessCase): string[] {
  return [
    ...wrap(heading, WIDTH, { first: '  ', rest: '  ' }),
    ...fromRun.flatMap((text) => wrap(text, WIDTH, { first: '    this run       ', rest: ' '.repeat(19) })),
    ...wrap(onlyYou, WIDTH, { first: '    only you know  ', rest: ' '.repeat(19) }),
  ];
}
