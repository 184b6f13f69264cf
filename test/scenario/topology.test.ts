import { describe, expect, it } from 'vitest';
import { serviceNodes } from '../../src/platforms/topology.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

const scenario = (services: string, rest = '') =>
  parseScenario(
    `name: t\n${rest}treatments: [{ mesh: none }]\nservices: ${services}\nload: { arrivalRate: 1/s }\n`,
    't.yaml',
  );

describe('the services of a topology', () => {
  it('are one that answers', () => {
    expect(serviceNodes({ topology: 'echo' })).toEqual([{ name: 'server', calls: [], calledBy: 'client' }]);
  });

  it('call each other one after the other in a chain', () => {
    expect(serviceNodes({ topology: 'chain', depth: 3 })).toEqual([
      { name: 'server', calls: ['server-2'], calledBy: 'client' },
      { name: 'server-2', calls: ['server-3'], calledBy: 'server' },
      { name: 'server-3', calls: [], calledBy: 'server-2' },
    ]);
  });

  it('are called all at once by the first in a fan-out', () => {
    expect(serviceNodes({ topology: 'fan-out', width: 2 })).toEqual([
      { name: 'server', calls: ['server-2', 'server-3'], calledBy: 'client' },
      { name: 'server-2', calls: [], calledBy: 'server' },
      { name: 'server-3', calls: [], calledBy: 'server' },
    ]);
  });
});

describe('the topology of a scenario', () => {
  it.each([
    ['{ topology: echo }', { topology: 'echo', address: 'service' }],
    ['{ topology: chain }', { topology: 'chain', depth: 2, address: 'service' }],
    ['{ topology: chain, depth: 4 }', { topology: 'chain', depth: 4, address: 'service' }],
    ['{ topology: fan-out, width: 8 }', { topology: 'fan-out', width: 8, address: 'service' }],
  ])('%s is %j', (services, expected) => {
    const parsed = scenario(services);
    expect(parsed.ok && parsed.scenario.services).toEqual(expected);
  });

  it.each([
    ['{ topology: ring }', 'services.topology'],
    ['{ topology: chain, depth: 6 }', 'services.depth'],
    ['{ topology: chain, width: 2 }', 'services.width'],
    ['{ depth: 2 }', 'services.depth'],
    ['{ topology: fan-out, depth: 2 }', 'services.depth'],
  ])('is refused where it is %s', (services, path) => {
    const parsed = scenario(services);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toContain(path);
  });
});
