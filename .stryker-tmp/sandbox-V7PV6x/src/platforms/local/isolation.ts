// @ts-nocheck
import type { Host } from '../../host/host.ts';
import { PROXY_UID } from './addresses.ts';
import { type Lab, READY_MS, readyAfter } from './lab.ts';
import { type Mode, NATURES } from './modes.ts';
import type { Identity } from './tied.ts';

/** How one mode keeps pods apart: by what words they are made and entered, and who runs in them. */
export interface Isolation {
  readonly mode: Mode;
  /** Words that give a new pod's first process a network namespace; undefined where pods have none. */
  readonly makePod: readonly string[] | undefined;
  /** Words that run a command in the pod that this process is in, as the pod's root. */
  enter(pid: number): readonly string[];
  readonly agent: Identity;
  readonly proxy: Identity;
  /** A directory for what the proxy reads; nobody else can list it, and this user can remove it. */
  makeProxyDirectory(name: string): Promise<string>;
  /** Makes the proxy's user the owner of a file. */
  giveToProxy(file: string): Promise<void>;
  /** @returns what went wrong, or undefined */
  end(): Promise<string | undefined>;
}

/** @throws where what the mode needs cannot be made, in the words of whoever refused it */
export async function isolate(lab: Lab, mode: Mode): Promise<Isolation> {
  const { namespaces } = NATURES[mode];
  return namespaces === 'user' ? inUserNamespace(lab, mode) : onMachine(lab, mode);
}

function onMachine(lab: Lab, mode: Mode): Isolation {
  const uid = lab.privileged ? PROXY_UID : undefined;
  const isolated = NATURES[mode].namespaces === 'plain';
  return {
    mode,
    makePod: isolated ? ['unshare', '--net'] : undefined,
    enter: (pid) => (isolated ? ['nsenter', '--target', String(pid), '--net'] : []),
    agent: lab.outside,
    proxy: { ...(uid === undefined ? {} : { uid }), mayDrop: lab.privileged },
    makeProxyDirectory: (name) => lab.makeDirectory(name, { uid }),
    giveToProxy: async (file) => {
      if (uid !== undefined) await lab.host.own(file, uid);
    },
    end: async () => undefined,
  };
}

/**
 * Asked before ids are mapped: where the namespace is refused, unshare --map-auto of util-linux 2.38 leaves a child behind
 * that waits for it for ever.
 */
async function mayMakeUserNamespace(host: Host): Promise<void> {
  const { code, stderr } = await host.run(['unshare', '--user', 'true'], { timeoutMs: 10_000 });
  if (code !== 0) throw new Error(stderr.trim() || `unshare --user ended with ${code}`);
}

/**
 * One user namespace for all pods of a run, since a link can join only network namespaces that one user namespace owns.
 * It ends with its holder and the pods in it.
 */
async function inUserNamespace(lab: Lab, mode: Mode): Promise<Isolation> {
  const { host } = lab;
  const ownUser = NATURES[mode].sign === 'owner';
  await mayMakeUserNamespace(host);
  const label = `holder of the user namespace, mode ${mode}`;
  const holder = await lab.start(['cat'], {
    label,
    cores: [],
    enter: ['unshare', '--user', '--map-root-user', ...(ownUser ? ['--map-auto'] : [])],
    as: { mayDrop: true },
    logFile: '',
  });
  const end = () => lab.end(holder, label);
  // It says what it is told, once it is in the namespace.
  const outcome = await readyAfter(host, holder, 'ready\n');
  if (outcome !== 'ready') {
    await end();
    throw new Error(outcome === 'late' ? `${label} is not ready after ${READY_MS} ms` : holder.errors());
  }
  const into = (pid: number) => ['nsenter', '--target', String(pid), '--user', '--preserve-credentials'];
  return {
    mode,
    makePod: [...into(holder.pid), 'unshare', '--net'],
    enter: (pid) => [...into(pid), '--net'],
    agent: { mayDrop: true },
    // A socket's mark can be set by who administers the network namespace only.
    proxy: ownUser
      ? { uid: PROXY_UID, mayDrop: true }
      : { mayDrop: true, ...(mode === 'userns-mark' ? { keeps: 'net_admin' as const } : {}) },
    // The directory stays this user's: what other ids own in it can then still be removed.
    makeProxyDirectory: (name) => lab.makeDirectory(name, { openTo: ownUser ? 'passers' : 'nobody' }),
    giveToProxy: async (file) => {
      if (!ownUser) return;
      // From outside the user namespace its ids cannot be named.
      const argv = [...into(holder.pid), 'chown', `${PROXY_UID}:${PROXY_UID}`, file];
      const { code, stderr } = await host.run(argv, { timeoutMs: 10_000 });
      if (code !== 0) throw new Error(`the proxy cannot be given ${file}: ${stderr.trim()}`);
    },
    end,
  };
}
