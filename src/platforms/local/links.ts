import type { Host } from '../../host/host.ts';
import { reasonOf } from '../../host/problems.ts';
import { type AnyHop, isFurther } from '../../meshes/mesh.ts';
import { ADDRESSES, addressOf, proxyAddressOf, STRANGER } from './addresses.ts';
import { type Mode, NATURES } from './modes.ts';
import { ip, type Pod, runInPod } from './pods.ts';

/** What is to be joined. Names of interfaces exist inside the pods only: a link ends with the pods that it joins. */
export interface LinkedPods {
  client: Pod;
  server: Pod;
  stranger: Pod;
  /** Those of the services behind the first one; only a bridge joins more than two. */
  further: readonly Pod[];
  /** Holds the bridge, as a cluster's node does; undefined where pairs of interfaces join the pods. */
  switch: Pod | undefined;
}

export function podOf(pods: LinkedPods, hop: AnyHop): Pod {
  const pod = isFurther(hop) ? pods.further.find(({ name }) => name === hop) : pods[hop];
  if (pod === undefined) throw new Error(`no pod ${hop}`);
  return pod;
}

/** Joins the pods so that client and stranger reach the server. */
export async function linkPods(host: Host, pods: LinkedPods, mode: Mode): Promise<void> {
  if (pods.switch === undefined) await linkByPairs(host, pods);
  else await linkByBridge(host, { ...pods, switch: pods.switch });
  if (NATURES[mode].sign !== 'source') return;
  for (const pod of [pods.client, pods.server, ...pods.further]) {
    await ip(host, pod, [`address add ${proxyAddressOf(hopOf(pod))}/24 dev mt-${pod.name}`]);
  }
}

/** A pod with a sidecar is called as its hop. */
const hopOf = ({ name }: Pod): AnyHop => name as AnyHop;

/** Client and stranger each get a pair of interfaces whose other end is in the server. */
async function linkByPairs(host: Host, { client, server, stranger }: LinkedPods): Promise<void> {
  const serverPid = server.agent.child.pid;
  await ip(host, client, [
    `link add mt-client type veth peer name mt-server netns ${serverPid}`,
    ...up('mt-client', ADDRESSES.client),
  ]);
  await ip(host, stranger, [
    `link add mt-stranger type veth peer name mt-side netns ${serverPid}`,
    ...up('mt-stranger', STRANGER.veth.own),
  ]);
  await ip(host, server, [...up('mt-server', ADDRESSES.server), ...up('mt-side', STRANGER.veth.server)]);
}

/**
 * Gives a pod the ports from 1024 on for its outgoing connections: more than twice as many as a new namespace has, for a
 * load that closes its connections, since each closed one keeps its port for a minute.
 */
export async function widenPorts(host: Host, pod: Pod): Promise<void> {
  const argv = ['tee', '/proc/sys/net/ipv4/ip_local_port_range'];
  await runInPod(host, pod, { argv, input: '1024 65535\n' }).catch((error: unknown) => {
    throw new Error(`the range of local ports cannot be widened: ${reasonOf(error)}`);
  });
}

const BRIDGE = 'mt-bridge';

/** Each pod gets one interface whose other end is a port of the bridge, as the CNI plugin "bridge" does on a node. */
async function linkByBridge(host: Host, pods: LinkedPods & { switch: Pod }): Promise<void> {
  const ports = [
    { pod: pods.client, address: ADDRESSES.client },
    { pod: pods.server, address: ADDRESSES.server },
    { pod: pods.stranger, address: STRANGER.bridge.own },
    ...pods.further.map((pod) => ({ pod, address: addressOf(hopOf(pod)) })),
  ];
  await ip(host, pods.switch, [
    `link add ${BRIDGE} type bridge`,
    `link set ${BRIDGE} up`,
    ...ports.flatMap(({ pod: { name, agent } }) => [
      `link add mt-to-${name} type veth peer name mt-${name} netns ${agent.child.pid}`,
      `link set mt-to-${name} master ${BRIDGE} up`,
    ]),
  ]);
  for (const { pod, address } of ports) await ip(host, pod, up(`mt-${pod.name}`, address));
}

const up = (name: string, address: string): string[] => [
  `address add ${address}/24 dev ${name}`,
  `link set ${name} up`,
  'link set lo up',
];

const BRIDGE_FILTER = '/proc/sys/net/bridge/bridge-nf-call-iptables';

/**
 * Makes a bridge in a pod that is there to try things.
 * @returns whether it hands its frames to iptables, as a Kubernetes node's has to: each network namespace has a setting
 * of its own. @throws where no bridge can be made
 */
export async function tryBridge(host: Host, pod: Pod): Promise<string> {
  await ip(host, pod, [`link add ${BRIDGE} type bridge`, `link set ${BRIDGE} up`]).catch((error: unknown) => {
    throw new Error(`no bridge can be made: ${reasonOf(error)}`);
  });
  if (!(await host.exists(BRIDGE_FILTER))) return 'br_netfilter not loaded';
  const setting = (await runInPod(host, pod, { argv: ['cat', BRIDGE_FILTER] })).trim();
  return `bridge-nf-call-iptables = ${setting}`;
}
