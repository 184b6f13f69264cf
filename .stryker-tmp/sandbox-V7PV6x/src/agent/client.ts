// @ts-nocheck
import { createHash } from 'node:crypto';
import type { Host } from '../host/host.ts';
import { waitUntil } from '../host/waitUntil.ts';
import type { ClientRecord } from '../record/trialRecord.ts';
import { type TaskResults, type TaskSpec, type TaskState, TOKEN_HEADER } from './protocol.ts';
import type { Call, Reply, Transport } from './transport.ts';

/** The runner's end of the control protocol. */
export interface AgentClient {
  clock(): Promise<ClientRecord['clock'][number]>;
  put(id: string, task: TaskSpec): Promise<void>;
  /** Result of a task as it stands. */
  result<K extends keyof TaskResults>(id: string, kind: K): Promise<TaskResults[K]>;
  /** Waits until a task is done. @throws with the agent's reason when it failed, or when the time is over */
  finished<K extends keyof TaskResults>(id: string, kind: K, deadlineMs: number): Promise<TaskResults[K]>;
  remove(id: string): Promise<void>;
}

export interface AgentEndpoint {
  name: string;
  token: string;
  transport: Transport;
  /** How often `finished` asks, in ms; a call through an API server costs more than one over a unix socket. */
  pollMs: number;
}

export function connectAgent(host: Host, endpoint: AgentEndpoint): AgentClient {
  const { name, token, transport, pollMs } = endpoint;
  const call = async (method: Call['method'], path: string, body?: object): Promise<Reply> => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await transport({ method, path, headers: { [TOKEN_HEADER]: token }, ...text });
    } catch (error) {
      throw new Error(`agent ${name}: ${(error as Error).message}`, { cause: error });
    }
  };
  const demand = (reply: Reply, what: string): Reply => {
    if (reply.status < 300) return reply;
    throw new Error(`agent ${name}: ${what}: ${reply.status} ${reply.body}`);
  };
  const client: AgentClient = {
    async clock() {
      const before = host.monotonicUs();
      const reply = demand(await call('GET', '/clock'), 'clock');
      const after = host.monotonicUs();
      const { agentUs } = JSON.parse(reply.body) as { agentUs: number };
      return { runnerUs: (before + after) / 2, agentUs, roundTripUs: after - before };
    },
    async put(id, task) {
      demand(await call('PUT', `/tasks/${id}`, task), `task ${id}`);
    },
    async result(id) {
      const reply = demand(await call('GET', `/tasks/${id}/result`), `result of ${id}`);
      const sha256 = createHash('sha256').update(reply.body).digest('hex');
      if (sha256 !== reply.headers['x-sha256']) throw new Error(`agent ${name}: result of ${id} came damaged`);
      return JSON.parse(reply.body);
    },
    async finished(id, kind, deadlineMs) {
      const done = await waitUntil(
        host,
        async () => {
          const state = JSON.parse(demand(await call('GET', `/tasks/${id}`), `task ${id}`).body) as TaskState;
          if (state.state === 'failed') throw new Error(`agent ${name}: ${id}: ${state.error}`);
          return state.state === 'done' ? true : undefined;
        },
        { everyMs: pollMs, deadlineMs },
      );
      if (done === undefined) throw new Error(`agent ${name}: ${id} is not done after ${deadlineMs} ms`);
      return client.result(id, kind);
    },
    async remove(id) {
      const reply = await call('DELETE', `/tasks/${id}`);
      // Gone already is gone: the answer to a first DELETE may have been lost on its way.
      if (reply.status !== 404) demand(reply, `removal of ${id}`);
    },
  };
  return client;
}

/** Runs a task that ends by itself, and forgets it. @throws as `finished` does */
export async function runTask<K extends TaskSpec['kind']>(
  agent: AgentClient,
  id: string,
  task: Extract<TaskSpec, { kind: K }>,
  deadlineMs: number,
): Promise<TaskResults[K]> {
  await agent.put(id, task);
  const result = await agent.finished<K>(id, task.kind as K, deadlineMs);
  await agent.remove(id);
  return result;
}

/** How far an agent's clock is ahead of the runner's, in µs: by the quickest of its answers, exact to half its round trip. */
export function clockAheadUs(pairs: ClientRecord['clock']): number {
  const quickest = pairs.toSorted((a, b) => a.roundTripUs - b.roundTripUs)[0];
  return quickest === undefined ? 0 : quickest.agentUs - quickest.runnerUs;
}
