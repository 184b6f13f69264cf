// @ts-nocheck
import { KubeConfig } from '@kubernetes/client-node';
import { reasonOf, UserError } from '../../host/problems.ts';

export interface Connection {
  kubeConfig: KubeConfig;
  context: string;
  /** Address of the API server. */
  server: string;
}

/**
 * Finds the cluster by kubectl's rules: `--kubeconfig`, else $KUBECONFIG, else ~/.kube/config, else the pod's own account.
 * @throws UserError: exit 2 where the file or the context that was asked for is not there, exit 3 where there is no cluster
 */
export function connect(options: { kubeconfig: string | undefined; context: string | undefined }): Connection {
  const kubeConfig = load(options.kubeconfig);
  if (options.context !== undefined) {
    const known = kubeConfig.getContexts().map(({ name }) => name);
    if (!known.includes(options.context)) {
      const hint = known.length === 0 ? 'the kubeconfig has no contexts' : `contexts: ${known.join(', ')}`;
      throw new UserError(`there is no context "${options.context}"`, { exitCode: 2, hint });
    }
    kubeConfig.setCurrentContext(options.context);
  }
  const cluster = kubeConfig.getCurrentCluster();
  // With nothing found the library points at this address, where no cluster of today answers.
  if (cluster === null || cluster.server === 'http://localhost:8080') {
    throw new UserError('no cluster: there is no kubeconfig, and this is no pod', {
      exitCode: 3,
      hint: 'set KUBECONFIG, or pass --kubeconfig FILE',
    });
  }
  return { kubeConfig, context: kubeConfig.getCurrentContext(), server: cluster.server };
}

function load(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    if (file === undefined) kubeConfig.loadFromDefault();
    else kubeConfig.loadFromFile(file);
  } catch (error) {
    const which = file ?? process.env['KUBECONFIG'] ?? '~/.kube/config';
    throw new UserError(`the kubeconfig ${which} cannot be read: ${reasonOf(error)}`, { exitCode: 2 });
  }
  return kubeConfig;
}
