/** A server that answers each request after a set time, and does nothing at all while it is frozen; times in µs. */
export interface FrozenServer {
  serviceUs: number;
  freezeUs: number;
  freezeEveryUs: number;
  /** What the way there, the way back and the wake-ups take together. */
  overheadUs: number;
}

export interface FrozenLoad {
  ratePerSecond: number;
  connections: number;
  seconds: number;
}

/**
 * Response times, from the intended start, of evenly spaced requests to such a server: what a driver without an error of
 * its own has to find. A request waits for the connection that is free first; the server takes several at once.
 *
 * It stands still from each multiple of `freezeEveryUs` on; what would be read or answered then is so when that ends.
 */
export function simulateFrozen(server: FrozenServer, load: FrozenLoad): Float64Array {
  const thawed = (atUs: number) => {
    const since = atUs % server.freezeEveryUs;
    return since < server.freezeUs ? atUs + server.freezeUs - since : atUs;
  };
  const freeAt = new Float64Array(load.connections);
  const count = Math.round(load.ratePerSecond * load.seconds);
  const stepUs = 1e6 / load.ratePerSecond;
  return Float64Array.from({ length: count }, (_, index) => {
    const intendedUs = (index + 0.5) * stepUs;
    const connection = earliest(freeAt);
    const sentUs = Math.max(intendedUs, freeAt[connection] ?? 0);
    const readUs = thawed(sentUs + server.overheadUs / 2);
    const answeredUs = thawed(readUs + server.serviceUs) + server.overheadUs / 2;
    freeAt[connection] = answeredUs;
    return answeredUs - intendedUs;
  }).sort();
}

function earliest(times: Float64Array): number {
  let found = 0;
  for (const [index, time] of times.entries()) if (time < (times[found] ?? 0)) found = index;
  return found;
}
