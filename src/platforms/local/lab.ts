import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type AgentClient, connectAgent } from '../../agent/client.ts';
import { directTransport, type Transport } from '../../agent/transport.ts';
import type { Child, Host } from '../../host/host.ts';
import { UserError } from '../../host/problems.ts';
import { withinMs } from '../../host/waitUntil.ts';
import type { CreationLog } from '../platform.ts';
import { APPLICATION_UID } from './addresses.ts';
import { mayChangeUser } from './privileges.ts';
import { type Identity, tiedTo } from './tied.ts';

/** Every process of a run carries this variable, so that `meshtax clean` can tell it from everybody else's. */
export const RUN_LABEL = 'MESHTAX_RUN';

export const READY_MS = 10_000;
const TERM_MS = 1000;
const ENDED_WITHIN_MS = 200;

export interface Agent {
  client: AgentClient;
  child: Child;
  directory: string;
}

export interface StartOptions {
  label: string;
  cores: readonly number[];
  /** Words that put the command into a pod, such as `nsenter …`. */
  enter: readonly string[];
  as: Identity;
}

/** The run's own directory, and the processes that it starts on this machine. */
export interface Lab {
  readonly host: Host;
  readonly directory: string;
  /** Whether it may change users and drop capabilities. */
  readonly privileged: boolean;
  /** Who the run's own agents are outside of any namespace that it makes. */
  readonly outside: Identity;
  /** The agent's program, where every user can read it. */
  readonly agentFile: string;
  startAgent(name: string, options: StartOptions): Promise<Agent>;
  start(argv: readonly string[], options: StartOptions & { logFile: string }): Promise<Child>;
  /** Ends a process, gently at first. @returns what went wrong, or undefined */
  end(child: Child, label: string): Promise<string | undefined>;
  /** A directory below the lab's that only this user, or the given one, can look into; passers can name what is in it. */
  makeDirectory(name: string, options: { uid?: number | undefined; openTo?: 'nobody' | 'passers' }): Promise<string>;
  /** A path to this executable that the given user can reach. */
  publish(file: string, uid: number | undefined): Promise<string>;
  remove(): Promise<void>;
}

export async function openLab(host: Host, ledger: CreationLog, agentSource: string): Promise<Lab> {
  const directory = path.join(host.tempDirectory, `meshtax-${ledger.runId}`);
  await ledger.creating({ what: 'directory', path: directory });
  // Others may pass through to what is published, and list nothing.
  await host.makeDirectory(directory, { mode: 0o711, mustBeNew: true });
  const agentFile = path.join(directory, 'agent.cjs');
  await host.copy(agentSource, agentFile);
  const privileged = await mayChangeUser(host);
  const outside = privileged ? await ofRoot(host) : { mayDrop: false };
  const env = { [RUN_LABEL]: ledger.runId };

  let agents = 0;
  const copies = new Map<string, string>();
  const start: Lab['start'] = async (argv, options) => {
    await ledger.creating({ what: 'process', label: options.label });
    const { as, cores, enter, logFile } = options;
    const child = host.spawn(tiedTo(host.pid, argv, { as, cores, enter }), {
      env,
      ...(logFile === '' ? {} : { logFile }),
    });
    await ledger.creating({ what: 'process', label: options.label, pid: child.pid });
    return child;
  };
  const end: Lab['end'] = async (child, label) => {
    if (!child.running) return undefined;
    child.closeInput();
    child.signal('SIGTERM');
    if ((await withinMs(host, TERM_MS, child.ended)) !== 'late') return undefined;
    child.signal('SIGKILL');
    const outcome = await withinMs(host, TERM_MS, child.ended);
    return outcome === 'late' ? `${label} (pid ${child.pid}) did not end` : undefined;
  };
  const makeDirectory: Lab['makeDirectory'] = async (name, { uid, openTo }) => {
    const made = path.join(directory, name);
    await host.makeDirectory(made, { mode: openTo === 'passers' ? 0o711 : 0o700, mustBeNew: true });
    if (uid !== undefined) await host.own(made, uid);
    return made;
  };
  return {
    host,
    directory,
    privileged,
    outside,
    agentFile,
    start,
    makeDirectory,
    async startAgent(name, options) {
      // By a number, not by its name: a socket's path has few bytes, and a treatment's name may be long.
      agents += 1;
      const own = await makeDirectory(`agent-${agents}`, { uid: options.as.uid });
      const socket = path.join(own, 'sock');
      refuseLong(socket);
      const token = randomBytes(32).toString('hex');
      const argv = [host.nodePath, agentFile];
      const child = await start(argv, { ...options, logFile: '' });
      const outcome = await readyAfter(host, child, `${JSON.stringify({ socket, token })}\n`);
      if (outcome !== 'ready') {
        await end(child, options.label);
        const why = outcome === 'late' ? `is not ready after ${READY_MS} ms` : `ended at once: ${gist(child.errors())}`;
        throw new Error(`${options.label} ${why}`);
      }
      return {
        client: connectAgent(host, {
          name,
          token,
          transport: whileAlive(child, { host, socket, ...options }),
          pollMs: 5,
        }),
        child,
        directory: own,
      };
    },
    end,
    async publish(file, uid) {
      if (uid === undefined || (await host.executableByAll(file))) return file;
      const known = copies.get(file);
      if (known !== undefined) return known;
      // Two versions of one program have one name: the second gets a number.
      const name = path.basename(file);
      const same = [...copies.keys()].filter((other) => path.basename(other) === name).length;
      const published = path.join(directory, same === 0 ? name : `${name}-${same + 1}`);
      await host.copy(file, published);
      await host.chmod(published, 0o755);
      copies.set(file, published);
      return published;
    },
    remove: () => host.remove(directory),
  };
}

/** Says of an agent that does not answer since it is gone that it is gone, and how it went. */
function whileAlive(child: Child, of: { host: Host; socket: string; label: string }): Transport {
  const transport = directTransport({ socketPath: of.socket });
  return async (call) => {
    try {
      return await transport(call);
    } catch (error) {
      // Its connections break a moment before its end is known here.
      const ended = await withinMs(of.host, ENDED_WITHIN_MS, child.ended);
      if (ended === 'late') throw error;
      throw new Error(`${of.label} is gone: ${endOf(ended)} (pid ${child.pid})`, { cause: error });
    }
  };
}

/** How a process came to its end, in words. */
export const endOf = ({ code, signal }: Awaited<Child['ended']>): string =>
  signal === null ? `exit code ${code}` : `ended by ${signal}`;

/** An interpreter below a private home directory can be started by its owner only, and by root that may pass there. */
async function ofRoot(host: Host): Promise<Identity> {
  if (await host.executableByAll(host.nodePath)) return { uid: APPLICATION_UID, mayDrop: true };
  return { mayDrop: true, keeps: 'dac_read_search' };
}

/** Bytes of a unix socket's path without its closing zero (unix(7)); what is longer would be cut, and be another path. */
const LONGEST_SOCKET = 107;

function refuseLong(socket: string): void {
  const bytes = Buffer.byteLength(socket);
  if (bytes <= LONGEST_SOCKET) return;
  throw new UserError(`the path ${socket} has ${bytes} bytes, and a socket's has at most ${LONGEST_SOCKET}`, {
    exitCode: 3,
    hint: 'set TMPDIR to a shorter path, such as /tmp',
  });
}

/** Tells a child what it waits for, and waits until it says that it is ready. */
export function readyAfter(host: Host, child: Child, told: string): Promise<'ready' | 'ended' | 'late'> {
  const ready = new Promise<'ready'>((resolve) => {
    child.onOutput((text) => text.includes('ready') && resolve('ready'));
  });
  child.write(told);
  return withinMs(host, READY_MS, Promise.race([ready, child.ended.then(() => 'ended' as const)]));
}

/** The line of a thrown error among what Node prints of it; the whole text where there is none. */
export const gist = (errors: string): string => /^\S*Error\b.*$/m.exec(errors)?.[0] ?? errors;
