import type { DriverEntry, DriverId } from './driver.ts';

/** Every driver. Adding one is one file or folder and one entry here. */
export const DRIVERS = {
  paced: {
    title: 'open loop on raw sockets; response time counts from the intended start',
    model: 'open',
    protocols: ['http1'],
    load: async () => (await import('./paced/engine.ts')).pacedDriver,
  },
  closed: {
    title: 'closed loop on the same raw sockets, for saturation only: it tells how much goes through',
    model: 'closed',
    protocols: ['http1'],
    load: async () => (await import('./paced/engine.ts')).closedDriver,
  },
  autocannon: {
    title: 'closed loop at full speed, for saturation only; its own latency figures are not used',
    model: 'closed',
    protocols: ['http1'],
    load: async () => (await import('./autocannon/autocannon.ts')).autocannonDriver,
  },
  k6: {
    title: 'an external k6 at a constant arrival rate, open loop; latency counts from the actual send',
    model: 'open',
    protocols: ['http1'],
    load: async () => (await import('./k6/k6.ts')).k6Driver,
  },
} satisfies Record<DriverId, DriverEntry>;

export function driverEntry(id: DriverId): DriverEntry {
  return DRIVERS[id];
}
