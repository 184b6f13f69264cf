// @ts-nocheck
import type { Measured } from '../record/measured.ts';
import type { Percentile } from '../scenario/scenario.ts';
import type { Estimate, PercentileSupport } from './result.ts';

export interface ContrastAtPercentile {
  percentile: Percentile;
  support: PercentileSupport;
  /** `to` minus `from`, the typical block's difference of the percentile, in µs. */
  differenceUs: Measured<Estimate>;
  perBlock: readonly { block: number; differenceUs: number }[];
  /** As of an overhead. */
  smallestEffectUs: Measured<number>;
}

/** What the sidecar of one hop, proxy and agent together, takes more or less. */
export interface SidecarContrast {
  hop: 'client' | 'server';
  cpuMillicores: Measured<Estimate>;
  /** The differences behind it; none where one is missing. */
  cpuPerBlock: readonly number[];
  smallestCpuEffectMillicores: Measured<number>;
  memoryRssBytes: Measured<Estimate>;
}

/** One treatment against another, neither of them the baseline: `to` minus `from`. */
export interface Contrast {
  from: string;
  to: string;
  latency: readonly ContrastAtPercentile[];
  sidecars: readonly SidecarContrast[];
}
