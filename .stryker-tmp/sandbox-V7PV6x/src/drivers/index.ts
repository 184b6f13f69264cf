// @ts-nocheck
import type { DriverEntry, DriverId } from './driver.ts';

/** Every driver. Adding one is one file or folder and one entry here. */
export const DRIVERS = {
  paced: {
    title: 'open loop on raw sockets; response time counts from the intended start',
    model: 'open',
    protocols: ['http1'],
    load: async () => (await import('./paced/engine.ts')).drivePaced,
  },
  autocannon: {
    title: 'closed loop at full speed, for saturation only; its own latency figures are not used',
    model: 'closed',
    protocols: ['http1'],
    load: async () => (await import('./autocannon/autocannon.ts')).driveAutocannon,
  },
} satisfies Record<DriverId, DriverEntry>;
