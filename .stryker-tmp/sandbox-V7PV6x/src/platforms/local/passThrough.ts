// @ts-nocheck
import type { Expectation } from '../../record/runRecord.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import type { Undo, Wiring } from './applyMesh.ts';
import type { Agent } from './lab.ts';
import type { LinkedPods } from './links.ts';
import type { LocalSite } from './site.ts';

/** Address on which a pod's service is reached from outside its own loopback, where it has one of its own. */
export const listensOn = (site: LocalSite): string => (site.isolation.makePod === undefined ? '127.0.0.1' : '0.0.0.0');

/** The pass-through of a treatment with a planted cost: it takes the service's place, and the service stands behind it. */
export async function plant(
  site: LocalSite,
  request: { spec: DeploymentSpec; pods: LinkedPods; wiring: Wiring; undo: Undo },
): Promise<Agent | undefined> {
  const { spec, pods, wiring, undo } = request;
  const { plantedCostUs } = spec.treatment;
  if (plantedCostUs === undefined) return undefined;
  const label = 'pass-through of the server';
  const agent = await site.lab.startAgent(`${spec.id}-pass-through`, {
    label,
    cores: site.cores.system,
    enter: pods.server.enter,
    as: site.isolation.agent,
  });
  undo.push({ label: `directory of ${label}`, end: () => site.host.remove(agent.directory).then(() => undefined) });
  undo.push({ label, end: () => site.lab.end(agent.child, label) });
  await agent.client.put('pass', {
    kind: 'pass',
    host: listensOn(site),
    port: wiring.servicePort,
    to: { host: '127.0.0.1', port: wiring.ownPort },
    cpuPerRequestUs: plantedCostUs,
  });
  await agent.client.finished('pass', 'pass', 5000);
  return agent;
}

/** What runs is named with the planted cost in it, so that nobody takes it for the mesh alone. */
export function expectationOf({ treatment }: DeploymentSpec, expectation: Expectation): Expectation {
  if (treatment.plantedCostUs === undefined) return expectation;
  const cost = `with a pass-through that spends ${treatment.plantedCostUs} µs on each request`;
  return { ...expectation, build: `${expectation.build}, ${cost}` };
}
