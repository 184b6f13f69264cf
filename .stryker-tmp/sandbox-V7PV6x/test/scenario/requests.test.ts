// @ts-nocheck
import { expect, it } from 'vitest';
import { reservedBy } from '../../src/scenario/requests.ts';

it.each([
  [
    { cpu: '100m', memory: '128Mi' },
    { cpuMillicores: 100, memoryBytes: 134_217_728 },
  ],
  [
    { cpu: '2', memory: '134217728' },
    { cpuMillicores: 2000, memoryBytes: 134_217_728 },
  ],
  [{ cpu: '0.1' }, { cpuMillicores: 100 }],
  [{ memory: '1Pi' }, {}],
  [{}, {}],
])('requests of %j reserve %j', (requests, reserved) => {
  expect(reservedBy(requests)).toEqual(reserved);
});
