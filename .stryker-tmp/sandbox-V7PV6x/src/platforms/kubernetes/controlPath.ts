// @ts-nocheck
import { createServer, type Server } from 'node:net';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { directTransport, type Reply, type Transport } from '../../agent/transport.ts';
import type { Host } from '../../host/host.ts';
import { reasonOf } from '../../host/problems.ts';
import type { ClusterApi } from './api.ts';

/** How the runner reaches an agent: through the API server in either case, past every mesh. */
export type ControlPath = 'pod proxy' | 'port-forward';

export interface AgentAddress {
  namespace: string;
  pod: string;
  port: number;
}

/** An answer of the API server itself: the agent was not reached, or not asked. The agent's own answers are all below. */
const UNREACHED = new Set([429, 500, 502, 503, 504]);
const RETRY_EVERY_MS = 500;
/** Longer than an API server takes to come back on a small cluster; a trial's results wait for it. */
const RETRY_FOR_MS = 90_000;

/** Calls through `/api/v1/namespaces/N/pods/P:PORT/proxy`, which needs `get`, `update` and `delete` on pods/proxy. */
export function podProxyTransport(api: ClusterApi, to: AgentAddress): Transport {
  const base = `/api/v1/namespaces/${to.namespace}/pods/${to.pod}:${to.port}/proxy`;
  return (call) => api.send({ ...call, path: base + call.path });
}

export interface Tunnel {
  transport: Transport;
  close(): void;
}

/** A port of this machine's loopback, each of whose connections the API server carries to the pod. */
export async function portForwardTunnel(kubeConfig: KubeConfig, to: AgentAddress): Promise<Tunnel> {
  const forward = new PortForward(kubeConfig);
  const server: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    forward.portForward(to.namespace, to.pod, [to.port], socket, null, socket).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.unref();
  return {
    transport: directTransport({ host: '127.0.0.1', port }),
    close: () => {
      server.close();
    },
  };
}

/**
 * Asks again where the call did not reach the agent: tasks may be put and removed twice, so nothing is done twice.
 * @param stillThere throws where waiting is of no use, since the agent's pod is gone or broken
 */
export function persistent(
  host: Host,
  transport: Transport,
  options: { stillThere: () => Promise<void>; signal: AbortSignal; forMs?: number },
): Transport {
  return async (call) => {
    const end = host.monotonicUs() + (options.forMs ?? RETRY_FOR_MS) * 1000;
    for (;;) {
      options.signal.throwIfAborted();
      const outcome = await attempt(() => transport(call));
      if ('reply' in outcome) return outcome.reply;
      if (host.monotonicUs() > end) throw new Error(outcome.because);
      await options.stillThere();
      await host.sleep(RETRY_EVERY_MS, options.signal);
    }
  };
}

async function attempt(send: () => Promise<Reply>): Promise<{ reply: Reply } | { because: string }> {
  try {
    const reply = await send();
    // The agent marks no answer of its own with these; one that it failed at says so in its body as JSON with `error`.
    const isAgents = !UNREACHED.has(reply.status) || /^\{"error":/.test(reply.body);
    return isAgents ? { reply } : { because: `${reply.status} ${reply.body.slice(0, 300)}` };
  } catch (error) {
    return { because: reasonOf(error) };
  }
}
