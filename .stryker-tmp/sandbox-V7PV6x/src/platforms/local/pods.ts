// @ts-nocheck
import type { Host } from '../../host/host.ts';
import type { CreationLog } from '../platform.ts';
import type { Isolation } from './isolation.ts';
import type { Agent, Lab } from './lab.ts';

/** A pod of this machine: a network namespace held by its agent, or with `ports` only the agent. */
export interface Pod {
  name: string;
  agent: Agent;
  /** Identity of its network namespace, such as "net:[4026532281]"; undefined where it has none of its own. */
  namespace: string | undefined;
  /** Words that run a command in it, as its root. */
  enter: readonly string[];
}

export interface PodRequest {
  lab: Lab;
  host: Host;
  ledger: CreationLog;
  /** Prefix of its directory. */
  deploymentId: string;
  name: string;
  cores: readonly number[];
  isolation: Isolation;
}

/** Starts a pod's agent, in a network namespace of its own where the mode has them. */
export async function startPod(request: PodRequest): Promise<Pod> {
  const { lab, host, ledger, name, isolation } = request;
  const agent = await lab.startAgent(`${request.deploymentId}-${name}`, {
    label: `pod ${name}`,
    cores: request.cores,
    enter: isolation.makePod ?? [],
    as: isolation.agent,
  });
  const enter = isolation.enter(agent.child.pid);
  if (isolation.makePod === undefined) return { name, agent, namespace: undefined, enter };
  const namespace = await host.readLink(`/proc/${agent.child.pid}/ns/net`);
  await ledger.creating({ what: 'namespace', id: namespace });
  return { name, agent, namespace, enter };
}

/** Runs commands of `ip` inside a pod. */
export async function ip(host: Host, pod: Pod, commands: readonly string[]): Promise<void> {
  await runInPod(host, pod, { argv: ['ip', '-batch', '-'], input: `${commands.join('\n')}\n` });
}

/** @returns what the command prints. @throws with its own words when it fails */
export async function runInPod(
  host: Host,
  pod: Pod,
  command: { argv: readonly string[]; input?: string; env?: Readonly<Record<string, string>> },
): Promise<string> {
  const { argv, input = '', env = {} } = command;
  const [tool = '', ...words] = argv;
  // By its whole path: an ordinary user's PATH lacks the places where ip and iptables are.
  const file = (await host.findCommand(tool)) ?? tool;
  const finished = await host.run([...pod.enter, file, ...words], { input, env, timeoutMs: 10_000 });
  if (finished.code === 0) return finished.stdout;
  const said = (finished.stderr || finished.stdout).trim() || `ended with ${finished.code ?? finished.signal}`;
  throw new Error(`${argv.join(' ')} in pod ${pod.name}: ${said}`);
}
