// @ts-nocheck
import type { Host } from '../../host/host.ts';
import type { Mode } from './modes.ts';

/** Why a mode is not used, and how to change that. */
export interface Refusal {
  mode: Mode;
  because: string;
  hint?: string;
}

/** Settings of the kernel that forbid user namespaces, each with its value here; undefined where there is none. */
export type NamespaceSettings = Readonly<Record<keyof typeof FORBIDDING, string | undefined>>;

/** The value with which each forbids, and the one that lifts it. */
const FORBIDDING = {
  'kernel.unprivileged_userns_clone': { forbids: '0', lifts: '1' },
  'user.max_user_namespaces': { forbids: '0', lifts: '10000' },
  'kernel.apparmor_restrict_unprivileged_userns': { forbids: '1', lifts: '0' },
} as const;

export async function readNamespaceSettings(host: Host): Promise<NamespaceSettings> {
  const read = async (name: string) => {
    const file = `/proc/sys/${name.replaceAll('.', '/')}`;
    // Each of them exists in some kernels only; an absent one forbids nothing.
    return (await host.exists(file)) ? (await host.readText(file)).trim() : undefined;
  };
  return {
    'kernel.unprivileged_userns_clone': await read('kernel.unprivileged_userns_clone'),
    'user.max_user_namespaces': await read('user.max_user_namespaces'),
    'kernel.apparmor_restrict_unprivileged_userns': await read('kernel.apparmor_restrict_unprivileged_userns'),
  };
}

const SUBUIDS =
  'give this user a range of ids: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$(id -un)"';

/** What a user can do about a refusal, by the words in which a tool of the machine gave it. */
export function hintFor(mode: Mode, said: string, settings: NamespaceSettings): string | undefined {
  if (/unrecognized option '--map-auto'/.test(said)) {
    return 'unshare --map-auto came with util-linux 2.38; this one is older';
  }
  if (/newuidmap.*(not found|No such file)|failed to execute newuidmap/i.test(said)) {
    return 'Debian: apt-get install uidmap';
  }
  if (/subuid|subgid|newuidmap|newgidmap/.test(said)) return SUBUIDS;
  if (mode.startsWith('userns') && /not permitted|No space left|Permission denied|denied/i.test(said)) {
    return whatForbids(settings);
  }
  if (/Cannot find module|EACCES/.test(said)) {
    return 'other users have to be able to pass through the temporary directory: set TMPDIR to one such as /tmp';
  }
  if (mode === 'root' && /not permitted/i.test(said)) {
    return 'root lacks CAP_SYS_ADMIN or CAP_NET_ADMIN, as in an ordinary container: start it with --privileged';
  }
  if (/password is required|a terminal is required/.test(said)) {
    return 'sudo has to work without a password: a line with NOPASSWD in /etc/sudoers.d';
  }
  if (/no iptables variant takes the rules/.test(said)) {
    return 'the kernel lacks a module that the rules need (nf_nat, xt_REDIRECT, xt_owner, xt_mark), or a container may not load it';
  }
  return undefined;
}

function whatForbids(settings: NamespaceSettings): string {
  const found = (Object.keys(FORBIDDING) as (keyof typeof FORBIDDING)[]).flatMap((name) => {
    const { forbids, lifts } = FORBIDDING[name];
    return settings[name] === forbids ? [`${name} is ${forbids} (sudo sysctl -w ${name}=${lifts} allows them)`] : [];
  });
  if (found.length > 0) return `user namespaces are forbidden: ${found.join('; ')}`;
  return 'user namespaces are forbidden here, and no setting of the kernel says so: in a container its seccomp profile does (docker: --security-opt seccomp=unconfined), elsewhere a chroot or a policy may';
}
