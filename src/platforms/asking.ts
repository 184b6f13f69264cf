import { type AgentClient, runTask } from '../agent/client.ts';
import type { TaskResults } from '../agent/protocol.ts';
import type { Expectation } from '../record/runRecord.ts';
import type { HopCounters } from '../record/trialRecord.ts';
import type { Deployment } from './platform.ts';

/** Where a call goes; `authority` is the Host header where it is not the address. */
interface Door {
  host: string;
  port: number;
  authority?: string;
}

/** What a first call may take; a proxy that is still starting answers late. */
export const FIRST_CALL = { timeoutMs: 5000, deadlineMs: 6000 };

const CALLS_AT_MOST = 3;

/** A request from where an agent is, without a body in its answer. */
export function callFrom(
  agent: AgentClient,
  id: string,
  door: Door,
  limits: { timeoutMs: number; deadlineMs: number },
): Promise<TaskResults['fetch']> {
  const { timeoutMs, deadlineMs } = limits;
  return runTask(agent, id, { kind: 'fetch', ...door, path: '/bytes/0', timeoutMs }, deadlineMs);
}

/**
 * The first call of a deployment, from its client pod. A path that answers is up, and one that answers with an error is
 * asked twice more: a mesh may be told to fail some of the requests, and a run does not end for one of those.
 * @throws where nothing answers, and where no call is answered with 200
 */
export async function firstCall(agent: AgentClient, door: Door): Promise<void> {
  const errors: string[] = [];
  while (errors.length < CALLS_AT_MOST) {
    const answer = await callFrom(agent, `first-call-${errors.length + 1}`, door, FIRST_CALL);
    if ('refused' in answer) throw new Error(`the service does not answer: ${answer.refused}`);
    if (answer.status === 200) return;
    errors.push(`${answer.status}: ${answer.body.slice(0, 200)}`);
  }
  throw new Error(`the service answers ${CALLS_AT_MOST} calls with an error, the last with ${errors.at(-1)}`);
}

/** The negative control: what a caller outside the mesh gets. */
export async function plaintextCall(stranger: AgentClient, door: Door): ReturnType<Deployment['plaintextControl']> {
  const answer = await callFrom(stranger, 'plaintext', door, { timeoutMs: 3000, deadlineMs: 5000 });
  return 'refused' in answer ? answer : { status: answer.status };
}

export type Admin = (path: string) => Promise<TaskResults['fetch']>;

/** A proxy's own pages are on its pod's loopback: an agent in the pod asks, also where the mesh refuses outsiders. */
export function adminOf(agent: AgentClient, port: number): Admin {
  let asked = 0;
  return (path) => {
    const id = `admin-${port}-${++asked}`;
    return runTask(agent, id, { kind: 'fetch', host: '127.0.0.1', port, path, timeoutMs: 5000 }, 6000);
  };
}

/** Asks each proxy for those of the expected counters that are its own. */
export function readCounters(
  proxies: readonly { hop: HopCounters['hop']; counters(names: readonly string[]): Promise<HopCounters['before']> }[],
  { requestCounters, handshakeCounter, workerCounters = [], wireCounters = [] }: Expectation,
): ReturnType<Deployment['counters']> {
  const handshakes = handshakeCounter === null ? [] : [handshakeCounter];
  const wanted = [...requestCounters, ...workerCounters, ...wireCounters, ...handshakes];
  return Promise.all(
    proxies.map(async ({ hop, counters }) => {
      const names = wanted.filter((entry) => entry.hop === hop).map(({ counter }) => counter);
      return { hop, values: await counters(names) };
    }),
  );
}
