import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { Host } from '../host/host.ts';
import { waitUntil } from '../host/waitUntil.ts';
import type { ClientRecord } from '../record/trialRecord.ts';
import type { TaskResults, TaskSpec, TaskState } from './protocol.ts';

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

interface Reply {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

const CALL_TIMEOUT_MS = 10_000;

export function connectAgent(host: Host, endpoint: { socket: string; token: string; name: string }): AgentClient {
  const call = (method: string, path: string, body?: object): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const options = {
        socketPath: endpoint.socket,
        path,
        method,
        agent: false,
        timeout: CALL_TIMEOUT_MS,
        headers: { authorization: `Bearer ${endpoint.token}` },
      };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        // An agent that ends in mid-answer: nothing else would tell.
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      });
      sent.on('timeout', () => sent.destroy(new Error(`agent ${endpoint.name} does not answer`)));
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const demand = (reply: Reply, what: string): Reply => {
    if (reply.status < 300) return reply;
    throw new Error(`agent ${endpoint.name}: ${what}: ${reply.status} ${reply.body}`);
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
      if (sha256 !== reply.headers['x-sha256']) throw new Error(`agent ${endpoint.name}: result of ${id} came damaged`);
      return JSON.parse(reply.body);
    },
    async finished(id, kind, deadlineMs) {
      const done = await waitUntil(
        host,
        async () => {
          const state = JSON.parse(demand(await call('GET', `/tasks/${id}`), `task ${id}`).body) as TaskState;
          if (state.state === 'failed') throw new Error(`agent ${endpoint.name}: ${id}: ${state.error}`);
          return state.state === 'done' ? true : undefined;
        },
        { everyMs: 5, deadlineMs },
      );
      if (done === undefined) throw new Error(`agent ${endpoint.name}: ${id} is not done after ${deadlineMs} ms`);
      return client.result(id, kind);
    },
    async remove(id) {
      demand(await call('DELETE', `/tasks/${id}`), `removal of ${id}`);
    },
  };
  return client;
}
