import type { LoadSpec, Method, StageSpec, TargetSpec } from './scenario.ts';
import type { ScenarioInput } from './schema.ts';

type LoadInput = ScenarioInput['load'];

/** What every request is where a scenario names no kinds of them. */
const ONLY_TARGET = 'service';

/** The load as it is driven, from the load as it is written. */
export function toLoad(load: LoadInput): LoadSpec {
  const rates = Array.isArray(load.arrivalRate) ? load.arrivalRate : [load.arrivalRate];
  const stages = stagesOf(load.stages, rates[0] ?? 0);
  return {
    protocol: load.protocol,
    arrivals: load.arrivals,
    ...(stages === undefined
      ? { arrivalRatesPerSecond: rates, durationMs: load.duration / 1000 }
      : { arrivalRatesPerSecond: [meanRateOf(stages)], durationMs: lengthOf(stages), stages }),
    connections: load.connections,
    ...(load.requestsPerConnection === undefined ? {} : { requestsPerConnection: load.requestsPerConnection }),
    ...(load.driver === 'paced' ? {} : { driver: load.driver }),
    ...(load.script === undefined ? {} : { script: load.script }),
    ...(load.workers === undefined ? {} : { workers: load.workers }),
    requestBytes: load.requestBytes,
    responseBytes: load.responseBytes,
    ...targetsAsWritten(load),
    warmUpMs: load.warmUp / 1000,
    timeoutMs: load.timeout / 1000,
    ...(load.pilot === undefined ? {} : { pilot: load.pilot }),
    ...(load.saturation === undefined
      ? {}
      : { saturation: { upToPerSecond: load.saturation.upTo, within: load.saturation.within } }),
  };
}

/** Each kind of request of a load, at least one. */
export function targetsOf({ targets, requestBytes, responseBytes }: LoadSpec): readonly TargetSpec[] {
  const only = { name: ONLY_TARGET, weight: 1, headers: {}, requestBytes, responseBytes };
  return targets ?? [{ ...only, method: usualMethod(requestBytes) }];
}

function targetsAsWritten(load: LoadInput): { targets?: readonly TargetSpec[] } {
  const asTheLoad = load.method !== undefined || load.headers !== undefined;
  const written = load.targets ?? (asTheLoad ? [{ name: ONLY_TARGET, weight: 1 }] : undefined);
  return written === undefined ? {} : { targets: written.map((target) => toTarget(load, target)) };
}

type TargetInput = NonNullable<LoadInput['targets']>[number];

function toTarget(load: LoadInput, target: Partial<TargetInput> & Pick<TargetInput, 'name' | 'weight'>): TargetSpec {
  const requestBytes = target.requestBytes ?? load.requestBytes;
  return {
    name: target.name,
    weight: target.weight,
    method: target.method ?? load.method ?? usualMethod(requestBytes),
    headers: { ...load.headers, ...target.headers },
    requestBytes,
    responseBytes: target.responseBytes ?? load.responseBytes,
  };
}

const usualMethod = (requestBytes: number): Method => (requestBytes > 0 ? 'POST' : 'GET');

function stagesOf(written: LoadInput['stages'], firstRate: number): StageSpec[] | undefined {
  if (written === undefined) return undefined;
  return written.map(({ duration, to }, index) => ({
    durationMs: duration / 1000,
    fromRatePerSecond: written[index - 1]?.to ?? firstRate,
    toRatePerSecond: to,
  }));
}

function lengthOf(stages: readonly StageSpec[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Requests of all stages by the time of all of them. */
function meanRateOf(stages: readonly StageSpec[]): number {
  const requests = stages.reduce(
    (sum, { durationMs, fromRatePerSecond, toRatePerSecond }) =>
      sum + (durationMs * (fromRatePerSecond + toRatePerSecond)) / 2,
    0,
  );
  return requests / lengthOf(stages);
}
