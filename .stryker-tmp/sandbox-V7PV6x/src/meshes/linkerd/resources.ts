// @ts-nocheck
import type { KubernetesContext, Unsupported } from '../mesh.ts';
import { amountAsked } from '../resources.ts';

type Settings = KubernetesContext['settings'];

/**
 * How many workers the injector gives a proxy for its resources: the CPU request sets the least, the limit the most,
 * both rounded up, and without a limit the most is one (mesh-facts 3.5). The proxy never starts more than its node
 * or its limit has cores.
 */
export function workersByResources(settings: Settings): number {
  const least = Math.max(1, wholeCores(amountAsked(settings, 'cpuRequest') ?? 0));
  return Math.max(least, wholeCores(amountAsked(settings, 'cpuLimit') ?? 0));
}

function wholeCores(millicores: number): number {
  return Math.ceil(millicores / 1000);
}

/** Why the settings cannot be had together; undefined where they can. */
export function resourcesRefused(settings: Settings): Unsupported | undefined {
  const pairs = [
    { what: 'cpu', request: amountAsked(settings, 'cpuRequest'), limit: amountAsked(settings, 'cpuLimit') },
    { what: 'memory', request: amountAsked(settings, 'memoryRequest'), limit: amountAsked(settings, 'memoryLimit') },
  ];
  for (const { what, request, limit } of pairs) {
    if (limit === undefined) continue;
    // Kubernetes takes a limit without a request for the request as well: the pod would reserve all of it.
    if (request === undefined)
      return { unsupported: `${what}Limit needs a ${what}Request: else the limit is reserved` };
    if (request > limit) return { unsupported: `${what}Request is above ${what}Limit` };
  }
  const concurrency = Number(settings['concurrency']);
  const limit = amountAsked(settings, 'cpuLimit');
  if (limit === undefined || concurrency <= wholeCores(limit)) return undefined;
  return {
    unsupported: `cpuLimit ${limit}m lets Linkerd's proxy start ${wholeCores(limit)} of the ${concurrency} workers asked for in concurrency`,
  };
}

/**
 * Annotations for resources and workers. The injector drops a value that it cannot read and injects without it
 * (recorded: `proxy-cpu-limit: lots`), so amounts are written as whole millicores and whole bytes and nothing else.
 */
export function resourceAnnotations(settings: Settings): Record<string, string> {
  return {
    ...amount('proxy-cpu-request', amountAsked(settings, 'cpuRequest'), 'm'),
    ...amount('proxy-cpu-limit', amountAsked(settings, 'cpuLimit'), 'm'),
    ...amount('proxy-memory-request', amountAsked(settings, 'memoryRequest'), ''),
    ...amount('proxy-memory-limit', amountAsked(settings, 'memoryLimit'), ''),
    ...workerAnnotation(settings),
  };
}

function amount(annotation: string, value: number | undefined, unit: string): Record<string, string> {
  return value === undefined ? {} : { [`config.linkerd.io/${annotation}`]: `${value}${unit}` };
}

/**
 * The limit is Linkerd's own way to more workers, but it throttles as well; so where resources alone give another
 * number, the proxy's variables are set themselves. Only there: the annotation came with edge-26.6.1, older injectors
 * pass over it, and no recording holds it. The number of workers that the proxy then reports is held against it.
 */
function workerAnnotation(settings: Settings): Record<string, string> {
  const workers = Number(settings['concurrency']);
  if (workersByResources(settings) === workers) return {};
  const variables = ['LINKERD2_PROXY_CORES_MIN', 'LINKERD2_PROXY_CORES_MAX'].map((name) => ({
    name,
    value: String(workers),
  }));
  return { 'config.linkerd.io/proxy-additional-env': JSON.stringify(variables) };
}
