import type { FurtherHop } from '../meshes/mesh.ts';
import type { ServicesSpec } from '../scenario/scenario.ts';

export type ServiceName = 'server' | FurtherHop;

/** A sample service and whom it calls for each request, before it answers. */
export interface ServiceNode {
  name: ServiceName;
  calls: readonly ServiceName[];
  calledBy: 'client' | ServiceName;
}

/**
 * The services of a topology, the one that the client calls first. Each gets exactly one request for each of the client's:
 * in a chain from the one before it, in a fan-out all from the first, at once.
 */
export function serviceNodes(services: Pick<ServicesSpec, 'topology' | 'depth' | 'width'>): ServiceNode[] {
  switch (services.topology) {
    case 'echo':
      return [{ name: 'server', calls: [], calledBy: 'client' }];
    case 'chain': {
      const names = namesOf(services.depth ?? 2);
      return names.map((name, index) => ({
        name,
        calls: names.slice(index + 1, index + 2),
        calledBy: names[index - 1] ?? 'client',
      }));
    }
    case 'fan-out': {
      const [front = 'server', ...leaves] = namesOf(1 + (services.width ?? 2));
      return [
        { name: front, calls: leaves, calledBy: 'client' },
        ...leaves.map((name): ServiceNode => ({ name, calls: [], calledBy: front })),
      ];
    }
  }
}

/** Ends in the number of a service behind the first one, from 2 on, where `hop` is one: echo, echo-2. */
export function numbered(name: string, hop: ServiceName): string {
  return hop === 'server' ? name : `${name}${hop.slice('server'.length)}`;
}

function namesOf(count: number): ServiceName[] {
  return Array.from({ length: count }, (_, index): ServiceName => (index === 0 ? 'server' : `server-${index + 1}`));
}
