import { FLEET_PODS } from '../../analysis/budgetQuantity.ts';
import { figureText } from '../../analysis/figure.ts';
import type { RunAnalysis } from '../../analysis/result.ts';
import { whenNotToMesh } from '../../analysis/whenNotToMesh.ts';
import { documentedFleet, FLEET_COLUMNS, FLEET_KEYS, FLEET_KINDS, fleetAssumptions, fleetRows } from '../fleet.ts';
import { bullets, type Section, tablePart, textPart } from './layout.ts';

/** What the sidecars of the documented fleet would take, and what that rests on. */
export function fleetTable(analysis: RunAnalysis): Section | undefined {
  if (analysis.knees !== null) return undefined;
  const projections = documentedFleet(analysis);
  if (projections.length === 0) return undefined;
  const rows = fleetRows(projections).map(({ treatment, rate, kind, figures }) => [
    `${treatment}, ${rate} through each`,
    FLEET_KINDS[kind].title,
    ...FLEET_KEYS.map((key) => figureText(figures[key])),
  ]);
  const heads = ['Treatment', 'What', ...FLEET_KEYS.map((key) => FLEET_COLUMNS[key])];
  return {
    title: `Sidecars of ${FLEET_PODS} pods`,
    isOpen: false,
    parts: [tablePart(heads, rows), textPart('list', fleetAssumptions(projections))],
  };
}

export function meshlessList(analysis: RunAnalysis): Section | undefined {
  if (analysis.knees !== null) return undefined;
  const lines = whenNotToMesh(analysis).map(
    ({ title, fromRun, onlyYou }) => `${title}: ${fromRun.join(' ')} Only you know: ${onlyYou}`,
  );
  return bullets('When not to mesh', lines);
}
