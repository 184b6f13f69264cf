// @ts-nocheck
import type { MeshId } from '../meshes/index.ts';

/** A fact that a source may leave out. */
export type Stated<T> = T | 'not stated';

/** What a published figure was measured under, as far as its source says so. */
export interface StatedConditions {
  /** `version` as its source gives it: 1.24 stands for every 1.24.x. */
  mesh: { id: MeshId; title: string; version: Stated<string> };
  hardware: Stated<'bare metal'>;
  arrivalRatePerSecond: Stated<number>;
  /** Body of a request or a response. */
  payloadBytes: Stated<number>;
  /** Sidecars that a request passes. */
  sidecarsOnPath: Stated<number>;
  /** Worker threads of each proxy. */
  workers: Stated<number>;
  connections: Stated<number>;
  mutualTls: Stated<'on'>;
  /** Title of the source. */
  source: string;
  /** Year, month and day as far as they are known. */
  date: Stated<string>;
}

/** A source that gives a figure and nothing that it holds under. */
export const NOTHING_STATED = {
  hardware: 'not stated',
  arrivalRatePerSecond: 'not stated',
  payloadBytes: 'not stated',
  sidecarsOnPath: 'not stated',
  workers: 'not stated',
  connections: 'not stated',
  mutualTls: 'not stated',
  date: 'not stated',
} as const satisfies Partial<StatedConditions>;
