import type { Host } from '../../host/host.ts';
import type { CreationLog } from '../platform.ts';
import type { Agent, Lab } from './lab.ts';

/** A pod of this machine: a network namespace held by its agent, or with `ports` only the agent. */
export interface Pod {
  name: string;
  agent: Agent;
  /** Identity of its network namespace, such as "net:[4026532281]"; undefined where it has none of its own. */
  namespace: string | undefined;
}

export interface PodRequest {
  lab: Lab;
  host: Host;
  ledger: CreationLog;
  /** Prefix of its directory. */
  deploymentId: string;
  name: string;
  cores: readonly number[];
  isolated: boolean;
}

/** Starts a pod's agent, in a network namespace of its own where `isolated` is set. */
export async function startPod(request: PodRequest): Promise<Pod> {
  const { lab, host, ledger, name } = request;
  const agent = await lab.startAgent(`${request.deploymentId}-${name}`, {
    label: `pod ${name}`,
    cores: request.cores,
    enter: request.isolated ? ['unshare', '--net'] : [],
  });
  if (!request.isolated) return { name, agent, namespace: undefined };
  const namespace = await host.readLink(`/proc/${agent.child.pid}/ns/net`);
  await ledger.creating({ what: 'namespace', id: namespace });
  return { name, agent, namespace };
}

/** Words that run a command in a pod's network namespace. */
export function entering(pod: Pod): string[] {
  return pod.namespace === undefined ? [] : ['nsenter', '--target', String(pod.agent.child.pid), '--net'];
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
  const finished = await host.run([...entering(pod), ...argv], { input, env, timeoutMs: 10_000 });
  if (finished.code === 0) return finished.stdout;
  const said = (finished.stderr || finished.stdout).trim() || `ended with ${finished.code ?? finished.signal}`;
  throw new Error(`${argv.join(' ')} in pod ${pod.name}: ${said}`);
}
