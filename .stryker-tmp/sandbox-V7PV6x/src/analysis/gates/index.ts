// @ts-nocheck
import { containerGates } from './containers.ts';
import type { Gate } from './gate.ts';
import { loadGates } from './load.ts';
import { machineGates } from './machine.ts';
import { pathGates } from './path.ts';
import { proxyGates } from './proxies.ts';
import { settingGates } from './settings.ts';

/** Every validity gate, in the order that reports list them. Adding one is one entry in its group. */
export const GATES: readonly Gate[] = [
  ...loadGates,
  ...machineGates,
  ...containerGates,
  ...pathGates,
  ...proxyGates,
  ...settingGates,
];
