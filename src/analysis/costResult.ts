import type { AnyHop } from '../meshes/mesh.ts';
import type { Measured } from '../record/measured.ts';
import type { Estimate } from './result.ts';

/** What a treatment takes of the machine. */

export interface ProcessCost {
  role: 'proxy' | 'proxy-agent' | 'application' | 'driver';
  hop: AnyHop;
  cpuMillicores: Measured<Estimate>;
  cpuMsPerThousandRequests: Measured<Estimate>;
  /** Before the first request of the load, in a fresh deployment. */
  memoryIdleRssBytes: Measured<Estimate>;
  /** The peak over warm-up and window. */
  memoryRssBytes: Measured<Estimate>;
  memoryAnonBytes: Measured<Estimate>;
  /** A moment after the last answer: allocators keep what they reached. */
  memoryAfterRssBytes: Measured<Estimate>;
}

/** One pod's sidecar, proxy and agent together, as the mean over the pods of a deployment that have one. */
export interface SidecarFigures {
  usedCpuMillicores: Measured<Estimate>;
  usedMemoryBytes: Measured<Estimate>;
  /** As the deployments say: exact, or missing where they name none. */
  reservedCpuMillicores: Measured<Estimate>;
  reservedMemoryBytes: Measured<Estimate>;
  /** Above which it is held back, or ended; as the deployments say. */
  limitCpuMillicores: Measured<Estimate>;
  limitMemoryBytes: Measured<Estimate>;
  /** Resident set before the first request, in a mesh that holds no more than this run's own services. */
  emptyMemoryBytes: Measured<Estimate>;
}

/** Time from the first step of a deployment until it was ready, over the first deployment of each block. */
export interface SetUpFigures {
  takenUs: Measured<Estimate>;
  /** Treatment minus the block's baselines. */
  addedUs: Measured<Estimate>;
}

/** Where the machine's busy time went, in millicores, mean over the valid trials of a treatment. */
export interface CpuBalance {
  machine: Measured<number>;
  proxies: Measured<number>;
  applications: Measured<number>;
  driver: Measured<number>;
  rest: Measured<number>;
}

/** What the sample services themselves take more or less than without proxies, together: treatment minus the block's baselines. */
export interface ApplicationsAdded {
  cpuMillicores: Measured<Estimate>;
  cpuMsPerThousandRequests: Measured<Estimate>;
}

/** How busy a component was against what it can use, 0 to 1. */
export interface Saturation {
  component: string;
  busyShare: Measured<number>;
}

export interface Bottleneck {
  /** The component nearest to the end of its capacity. */
  component: string;
  busyShare: number;
  /** The others, the busiest first. */
  others: readonly Saturation[];
}

/** The line of one round of blocks. */
export interface RoundLine {
  round: number;
  idleMillicores: number;
  millicoresPerThousandPerSecond: number;
}

/** CPU of a treatment's sidecar at one hop, proxy and agent together, over the load points. */
export interface CpuModel {
  treatment: string;
  hop: 'client' | 'server';
  loads: number;
  /** At no load, by the line. */
  idleMillicores: Measured<Estimate>;
  /** What each 1,000 requests a second add, in millicores. */
  millicoresPerThousandPerSecond: Measured<Estimate>;
  lackOfFit: Measured<{ f: number; p: number; isLine: boolean }>;
  /** What the estimates above are over; empty where they are missing for the want of a reading. */
  perRound: readonly RoundLine[];
}
