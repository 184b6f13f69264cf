import { UserError } from '../../host/problems.ts';
import type { AnyHop, ProxySign } from '../../meshes/mesh.ts';
import { PROXY_MARK, PROXY_UID, proxyAddressOf } from './addresses.ts';

/** Strongest first: in this order they are tried where none is asked for. */
export const MODES = ['root', 'userns', 'userns-mark', 'userns-source', 'sudo', 'ports'] as const;
export type Mode = (typeof MODES)[number];

interface Nature {
  title: string;
  /** Whose network namespaces the pods are: the machine's, a user namespace's, or none at all. */
  namespaces: 'plain' | 'user' | 'none';
  /** By what the rules know the proxy; undefined where there are no rules. */
  sign: ProxySign['by'] | undefined;
  /** What it cannot show, for the first lines of every summary. */
  leavesOut: readonly string[];
}

const ONE_ID = 'proxy and service are one user of the machine, so the rules cannot know the proxy by its user';

export const NATURES: Readonly<Record<Mode, Nature>> = {
  root: { title: 'network namespaces made as root', namespaces: 'plain', sign: 'owner', leavesOut: [] },
  userns: {
    title: 'network namespaces in a user namespace with ids of its own',
    namespaces: 'user',
    sign: 'owner',
    leavesOut: [],
  },
  'userns-mark': {
    title: 'network namespaces in a user namespace with one id, the proxy known by a packet mark',
    namespaces: 'user',
    sign: 'mark',
    leavesOut: [
      `${ONE_ID} as Istio’s do: they know it by a mark, which costs it one more socket option per connection`,
    ],
  },
  'userns-source': {
    title: 'network namespaces in a user namespace with one id, the proxy known by an address of its own',
    namespaces: 'user',
    sign: 'source',
    leavesOut: [
      `${ONE_ID} as Istio’s do: they know it by a second address of the pod, to which it binds each connection`,
    ],
  },
  sudo: { title: 'the program again as root, through sudo', namespaces: 'plain', sign: 'owner', leavesOut: [] },
  ports: {
    title: 'loopback ports, without namespaces and redirection',
    namespaces: 'none',
    sign: undefined,
    leavesOut: [
      'no redirection: the driver calls the client proxy on a loopback port of its own, so the cost of iptables and of a network link is not in the figures',
      'the service itself stays open on loopback; only the server proxy’s port can be shown to refuse plaintext',
    ],
  },
};

/** How the proxy of a hop signs its traffic in this mode; null where no rules are that would have to know it. */
export function signOf(mode: Mode, hop: AnyHop): ProxySign | null {
  switch (NATURES[mode].sign) {
    case 'owner':
      return { by: 'owner', uid: PROXY_UID };
    case 'mark':
      return { by: 'mark', mark: PROXY_MARK };
    case 'source':
      return { by: 'source', address: proxyAddressOf(hop) };
    case undefined:
      return null;
  }
}

/** @throws UserError (exit 2) for a mode that there is not */
export function modeNamed(name: string): Mode {
  const mode = MODES.find((known) => known === name);
  if (mode !== undefined) return mode;
  throw new UserError(`there is no local mode "${name}"`, { exitCode: 2, hint: `modes: ${MODES.join(', ')}` });
}
