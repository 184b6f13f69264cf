// @ts-nocheck
import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import { notHere } from './container.ts';
import { type Isolation, isolate } from './isolation.ts';
import { MODES, type Mode, NATURES } from './modes.ts';
import { type Probe, type Tried, tryPod } from './probe.ts';
import { redirectToolNames } from './redirect.ts';
import { hintFor, type Refusal, readNamespaceSettings } from './refusals.ts';
import { AsRootInstead, readHandover, trySudo } from './sudo.ts';

export interface ModeChoice extends Tried {
  isolation: Isolation;
  refused: Refusal[];
}

/** A trial of modes also knows how this program is started, for the one that starts it again. */
export type ModeTrial = Probe & { program: readonly string[] };

/**
 * The mode that was asked for, or the strongest that works, found by doing.
 * @throws AsRootInstead where that is the program again under sudo; UserError (exit 3) where none works
 */
export async function chooseMode(trial: ModeTrial, wanted: Mode | undefined): Promise<ModeChoice> {
  const handover = readHandover(trial.host);
  if (handover !== undefined) return afterSudo(trial, handover.refused);
  const candidates = MODES.filter((mode) => trial.link === 'veth' || NATURES[mode].namespaces !== 'none');
  const refused: Refusal[] = [];
  for (const mode of candidates) {
    if (wanted !== undefined && mode !== wanted) {
      // Weaker ones are no news: the mode that was asked for is taken before them anyway.
      if (MODES.indexOf(mode) < MODES.indexOf(wanted)) {
        refused.push({ mode, because: `not tried: --mode ${wanted} was asked for` });
      }
      continue;
    }
    const tried = await tryMode(trial, mode, refused);
    if (!('because' in tried)) return { ...tried, refused };
    refused.push(tried);
  }
  throw none(refused, wanted, trial.link);
}

/** Tries one mode, and leaves what it made up for the run. @returns why it does not work. @throws AsRootInstead */
export async function tryMode(
  trial: ModeTrial,
  mode: Mode,
  before: readonly Refusal[],
): Promise<(Tried & { isolation: Isolation }) | Refusal> {
  const { host, lab } = trial;
  const unfit = await unfitFor(host, mode);
  if (unfit !== undefined) return { mode, ...unfit };
  let isolation: Isolation | undefined;
  try {
    if (mode === 'sudo') throw new AsRootInstead(await trySudo(host, { program: trial.program, refused: before }));
    isolation = await isolate(lab, mode);
    return { ...(await tryPod(trial, isolation)), isolation };
  } catch (error) {
    await isolation?.end();
    // A fault of the run's own folder is the same in every mode.
    if (error instanceof AsRootInstead || error instanceof UserError) throw error;
    const because = reasonOf(error);
    const hint = hintFor(mode, because, await readNamespaceSettings(host));
    return { mode, because, ...(hint === undefined ? {} : { hint }) };
  }
}

/** The program that was started again as root: mode root under the name of how it came about. */
async function afterSudo(trial: ModeTrial, before: readonly Refusal[]): Promise<ModeChoice> {
  const refused = [...before];
  const isolation = await isolate(trial.lab, 'sudo');
  try {
    return { ...(await tryPod(trial, isolation)), isolation, refused };
  } catch (error) {
    await isolation.end();
    throw none([...refused, { mode: 'sudo', because: reasonOf(error) }], 'sudo', trial.link);
  }
}

const LEAVE_OUT = 'leave --mode out to take the strongest mode that works; meshtax check names it';

function none(refused: readonly Refusal[], wanted: Mode | undefined, link: Probe['link']) {
  const last = refused.find(({ mode }) => mode === wanted);
  if (wanted !== undefined && last !== undefined) {
    const because = `mode ${wanted} does not work here: ${last.because}`;
    if (wanted === 'ports') return notHere(because);
    return new UserError(because, { exitCode: 3, hint: last.hint ?? LEAVE_OUT });
  }
  const all = refused.map(({ mode, because, hint }) => `${mode}: ${because}${hint === undefined ? '' : ` (${hint})`}`);
  const what =
    link === 'veth' ? 'no local mode works here' : `--link ${link} needs network namespaces, and none work here`;
  return notHere(`${what}: ${all.join('; ')}`);
}

const PACKAGE_OF: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  'iptables-restore': 'iptables',
  newuidmap: 'uidmap',
};

/** What speaks against a mode before anything is tried. */
async function unfitFor(host: Host, mode: Mode): Promise<{ because: string; hint?: string } | undefined> {
  const { namespaces } = NATURES[mode];
  if (mode === 'root' && host.uid !== 0) {
    return { because: 'not root', hint: 'run it as root for network namespaces and redirection' };
  }
  if (mode === 'sudo' && host.uid === 0)
    return { because: 'already root', hint: '--mode root is the same without sudo' };
  if (namespaces === 'none') return undefined;
  const missing: string[] = [];
  const tools = [
    'unshare',
    'nsenter',
    'ip',
    ...(mode === 'userns' ? ['newuidmap'] : []),
    ...(mode === 'sudo' ? ['sudo'] : []),
  ];
  for (const tool of tools) if (!(await host.findCommand(tool))) missing.push(tool);
  const loaders = await Promise.all(redirectToolNames.map((tool) => host.findCommand(tool)));
  if (loaders.every((found) => found === undefined)) missing.push('iptables-restore');
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((tool) => PACKAGE_OF[tool] ?? tool))];
  return {
    because: `not on PATH: ${missing.join(', ')}`,
    hint: `Debian: apt-get install ${packages.join(' ')}`,
  };
}
