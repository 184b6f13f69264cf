// @ts-nocheck
import type { V1Namespace } from '@kubernetes/client-node';
import { reasonOf, UserError } from '../../host/problems.ts';
import type { CleanReport, CleanRequest } from '../platform.ts';
import { createApi } from './api.ts';
import { connect } from './connect.ts';
import { OURS, RUN_ANNOTATION, RUN_LABEL, runLabel } from './names.ts';
import { endNamespace, untilGone } from './namespace.ts';

/** Removes the namespaces of dead runs. A run whose ledger is not here may be alive elsewhere: it is left alone. */
export async function cleanCluster(request: CleanRequest): Promise<CleanReport> {
  const { host, options, dryRun } = request;
  const { kubeConfig, server } = connect(options.kubernetes);
  const api = createApi(kubeConfig, server);
  const report: CleanReport = { removed: [], alive: [], problems: [], server };
  for (const namespace of await ourNamespaces(api, server)) {
    const name = namespace.metadata?.name ?? '';
    const runId = runOf(namespace);
    const because = runId === undefined ? 'it names no run' : whyLeft(runId, request);
    if (runId === undefined || because !== undefined) {
      report.alive.push(`namespace ${name}: ${because}`);
      continue;
    }
    try {
      if (!dryRun) {
        await endNamespace({ api, host }, name, runId);
        await untilGone({ api, host }, name);
      }
      report.removed.push(`namespace ${name} of ${runId}`);
    } catch (error) {
      report.problems.push(`namespace ${name}: ${reasonOf(error)}`);
    }
  }
  return report;
}

async function ourNamespaces(api: ReturnType<typeof createApi>, server: string): Promise<V1Namespace[]> {
  const labelSelector = `${OURS},${RUN_LABEL}`;
  try {
    return (await api.get<{ items: V1Namespace[] }>('/api/v1/namespaces', { labelSelector })).items;
  } catch (error) {
    throw new UserError(`the namespaces of ${server} cannot be listed: ${reasonOf(error)}`, {
      exitCode: 3,
      cause: error,
    });
  }
}

/** The whole run id, where it is the one that the label is made of: the two were written together. */
function runOf({ metadata }: V1Namespace): string | undefined {
  const runId = metadata?.annotations?.[RUN_ANNOTATION];
  return runId !== undefined && metadata?.labels?.[RUN_LABEL] === runLabel(runId) ? runId : undefined;
}

/** undefined for a run that may be removed. */
function whyLeft(runId: string, { runs, runId: asked }: CleanRequest): string | undefined {
  const run = runs.find((known) => known.runId === runId);
  if (run?.alive === true) return `run ${runId} is under way`;
  if (run !== undefined || asked === runId) return undefined;
  return `run ${runId} has no ledger of yours here; if it is over, meshtax clean --platform kubernetes --run ${runId}`;
}
