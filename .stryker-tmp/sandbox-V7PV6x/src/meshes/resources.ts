// @ts-nocheck
import type { FoundSidecar, KubernetesContext } from './mesh.ts';

type Settings = KubernetesContext['settings'];

/** An amount of the settings; undefined where it is "none". */
export function amountAsked(settings: Settings, key: string): number | undefined {
  const value = settings[key];
  return typeof value === 'number' ? value : undefined;
}

/** Requests and limits of the sidecar against those of the settings, as amounts: "1" and "1000m" are the same. */
export function resourcesNotAsAsked(found: FoundSidecar, settings: Settings): string[] {
  const amounts = [
    { what: 'CPU request', asked: 'cpuRequest', there: found.requests['cpu'], factor: 1000 },
    { what: 'CPU limit', asked: 'cpuLimit', there: found.limits['cpu'], factor: 1000 },
    { what: 'memory request', asked: 'memoryRequest', there: found.requests['memory'], factor: 1 },
    { what: 'memory limit', asked: 'memoryLimit', there: found.limits['memory'], factor: 1 },
  ];
  return amounts.flatMap(({ what, asked, there, factor }) => {
    const wanted = amountAsked(settings, asked);
    if (there === undefined ? wanted === undefined : quantityOf(there) * factor === wanted) return [];
    return differing(what, String(settings[asked]), there);
  });
}

export function differing(what: string, asked: string, there: string | undefined): string[] {
  return asked === there ? [] : [`${what}: asked for ${asked}, there is ${there ?? 'none'}`];
}

const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity as Kubernetes writes it, in cores or bytes; NaN, which equals nothing, for one with a rarer suffix. */
export function quantityOf(text: string): number {
  const [, amount, suffix = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  // In decimals: 0.1 of a core is 100 millicores, not 100.00000000000001.
  return Number((Number(amount) * (SUFFIXES[suffix] ?? Number.NaN)).toPrecision(12));
}
