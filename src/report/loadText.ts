import type { RunAnalysis } from '../analysis/result.ts';
import { bytesText, ratePerSecond, trimmed } from '../analysis/rounding.ts';
import type { LoadSpec, TargetSpec } from '../scenario/scenario.ts';

/** The load as the scenario asks for it. */
export function loadText({ scenario: { load } }: RunAnalysis): string {
  const all = load.arrivalRatesPerSecond.map(ratePerSecond);
  const rates =
    load.pilot === undefined ? all.join(' and ') : `the highest of ${all.join(', ')} that every treatment held`;
  const parts = [
    load.protocol,
    `${load.arrivals} arrivals at ${rates}${stagesText(load)}`,
    `${load.connections} connections`,
    requestsText(load),
    `${trimmed(load.durationMs / 1000)} s a trial after ${trimmed(load.warmUpMs / 1000)} s of warm-up`,
  ];
  return parts.join(', ');
}

function stagesText({ stages }: LoadSpec): string {
  if (stages === undefined) return '';
  const each = stages.map(
    ({ durationMs, fromRatePerSecond, toRatePerSecond }) =>
      `${ratePerSecond(fromRatePerSecond)} to ${ratePerSecond(toRatePerSecond)} in ${trimmed(durationMs / 1000)} s`,
  );
  return ` in the mean (${each.join(', then ')})`;
}

function requestsText(load: LoadSpec): string {
  const sizes = ({ requestBytes, responseBytes }: Pick<TargetSpec, 'requestBytes' | 'responseBytes'>) =>
    `${bytesText(requestBytes)} out and ${bytesText(responseBytes)} back`;
  const [first, ...others] = load.targets ?? [];
  if (first === undefined) return sizes(load);
  if (others.length === 0) return `${first.method} with ${sizes(first)}`;
  const kinds = [first, ...others].map(
    (target) => `${target.name} (${target.method}, ${sizes(target)}, weight ${target.weight})`,
  );
  return `requests drawn from ${kinds.join(', ')}`;
}
