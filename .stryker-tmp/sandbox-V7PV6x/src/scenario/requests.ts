// @ts-nocheck
import { quantityOf } from '../meshes/resources.ts';

/** What a container's requests reserve; a part that they do not name, or name in no known unit, is absent. */
export interface Reserved {
  cpuMillicores?: number;
  memoryBytes?: number;
}

/** @param requests as Kubernetes writes them: `{ cpu: '100m', memory: '128Mi' }` */
export function reservedBy(requests: Readonly<Record<string, string>>): Reserved {
  const cpu = quantityOf(requests['cpu'] ?? '') * 1000;
  const memory = quantityOf(requests['memory'] ?? '');
  return {
    ...(requests['cpu'] !== undefined && Number.isFinite(cpu) && { cpuMillicores: cpu }),
    ...(requests['memory'] !== undefined && Number.isFinite(memory) && { memoryBytes: memory }),
  };
}
