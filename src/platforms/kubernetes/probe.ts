import { runTask } from '../../agent/client.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import type { Environment } from '../../record/runRecord.ts';
import { BARE, contributionFor } from './contribution.ts';
import type { ControlPath } from './controlPath.ts';
import { CONTROL_PORT, namespaceOf } from './names.ts';
import { makeNamespace, retireNamespace } from './namespace.ts';
import { agentOf, createPod, untilUp } from './pods.ts';
import type { ClusterSite } from './site.ts';

export interface Probed {
  environment: Environment;
  /** The way that was found to work, by doing it. */
  controlPath: ControlPath;
}

const PROBE = 'probe';

/**
 * One pod before everything else: it shows that the image can be pulled and the agents be reached, and tells what
 * machine the node is.
 * @throws UserError (exit 3) with the cluster's own reason where it does not come up or cannot be reached
 */
export async function probe(site: ClusterSite, say: (text: string) => void): Promise<Probed> {
  const namespace = namespaceOf(site.ledger.runId, PROBE);
  const contribution = await contributionFor(BARE, { namespace, services: site.services });
  try {
    await makeNamespace(site, namespace, contribution);
    await createPod(site, namespace, 'stranger', contribution);
    await untilUp(site, namespace, ['stranger']);
    return await reach(site, namespace, say);
  } finally {
    for (const problem of await retireNamespace(site, namespace)) say(`not taken down: ${problem}`);
  }
}

/** The pod proxy may be allowed and yet not carry anything, as where the API server cannot reach the pods' network. */
async function reach(site: ClusterSite, namespace: string, say: (text: string) => void): Promise<Probed> {
  const ways: ControlPath[] = site.controlPath === 'pod proxy' ? ['pod proxy', 'port-forward'] : ['port-forward'];
  const refused: string[] = [];
  for (const controlPath of ways) {
    const agent = await agentOf(
      { ...site, controlPath },
      { namespace, pod: 'stranger', port: CONTROL_PORT, forMs: 10_000 },
    );
    try {
      const environment = await runTask(agent.client, 'facts', { kind: 'facts' }, 10_000);
      if (refused.length > 0) say(`agents are reached by ${controlPath}, since ${refused.join('; ')}`);
      return { environment, controlPath };
    } catch (error) {
      if (site.signal.aborted) throw error;
      refused.push(`${controlPath}: ${reasonOf(error)}`);
    } finally {
      agent.close();
    }
  }
  throw new UserError(`the agent in the cluster cannot be reached: ${refused.join('; ')}`, {
    exitCode: 3,
    hint: 'the API server has to reach the pods: by its pod proxy, or by port-forward',
  });
}
