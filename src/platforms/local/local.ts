import { readEnvironment } from '../../collectors/hostFacts.ts';
import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import type { IdleNoise, RunRecord } from '../../record/runRecord.ts';
import type { Link, OpenPlatform, Platform, PlatformContext } from '../platform.ts';
import { type ServiceNode, serviceNodes } from '../topology.ts';
import { calibrate } from './calibrate.ts';
import { KEY_TYPE } from './certificates.ts';
import { checkLocal } from './check.ts';
import { chooseMode, type ModeChoice } from './chooseMode.ts';
import { notHere } from './container.ts';
import { type Affinity, affinityOf, meterMsPerCore, refuseSharedWorkers } from './cores.ts';
import { deployLocal } from './deploy.ts';
import type { EnvoyBinary } from './envoyBinary.ts';
import { type Envoys, envoyDetails, findEnvoys } from './envoys.ts';
import type { Isolation } from './isolation.ts';
import { findK6, type K6Binary } from './k6Binary.ts';
import { type Agent, type Lab, openLab } from './lab.ts';
import { type Mode, modeNamed, NATURES } from './modes.ts';
import type { LocalSite } from './site.ts';

export const local: Platform = { check: checkLocal, open };

async function open(context: PlatformContext): Promise<OpenPlatform> {
  const { host, ledger, options, say } = context;
  const wanted = wantedMode(options);
  await needs(host);
  const search = { host, given: options.envoy, say };
  const envoys: Envoys = context.needsProxy ? await findEnvoys(search, context.scenario?.treatments) : new Map();
  const k6 = context.scenario?.load.driver === 'k6' ? await findK6(host, options.k6) : undefined;
  const lab = await openLab(host, ledger, context.agentFile);
  let choice: ModeChoice | undefined;
  try {
    const { program } = context;
    const chosen = await chooseMode({ host, lab, ledger, link: options.link, program }, wanted);
    choice = chosen;
    const { isolation } = chosen;
    const workers = context.scenario?.load.workers ?? 1;
    const affinity = await affinityOf(host, options.pinning, workers);
    await refuseSharedWorkers(host, affinity, workers);
    const cores = isMissing(affinity) ? { driver: [], system: [] } : affinity;
    const watcher = await lab.startAgent('watcher', {
      label: 'watcher',
      cores: cores.system,
      enter: [],
      as: lab.outside,
    });
    const services = servicesOf(context, isolation);
    // A pair of interfaces joins two pods, and no more.
    const link = services.length > 1 ? 'bridge' : options.link;
    const site: LocalSite = {
      host,
      lab,
      ledger,
      isolation,
      link,
      rulesTool: chosen.rulesTool,
      cores,
      envoys: await published(lab, envoys, isolation.proxy.uid),
      services,
      closesConnections: context.scenario?.load.requestsPerConnection !== undefined,
      k6: k6 === undefined ? undefined : await lab.publish(k6.path, isolation.agent.uid),
      watcher: watcher.client,
    };
    return {
      facts: factsOf({ choice: chosen, link, affinity, envoys, k6 }),
      environment: () => readEnvironment(host),
      meterIdle: (ms) => meterIdle(site, ms),
      calibrate: (load) => calibrate(site, load),
      deploy: (spec) => deployLocal(site, spec),
      close: () => close(lab, watcher, isolation),
    };
  } catch (error) {
    await choice?.isolation.end();
    await lab.remove();
    throw error;
  }
}

/**
 * The services of the scenario; for a check of the machine alone one.
 * @throws UserError (exit 3) for more than one where there are no network namespaces to hold them apart
 */
function servicesOf({ scenario }: PlatformContext, { mode, makePod }: Isolation): ServiceNode[] {
  const services = serviceNodes(scenario?.services ?? { topology: 'echo' });
  if (services.length === 1 || makePod !== undefined) return services;
  throw new UserError(
    `mode ${mode} has no network namespaces, which a ${scenario?.services.topology} needs for its services`,
    {
      exitCode: 3,
      hint: 'meshtax check says what the other modes lack',
    },
  );
}

/** Each binary where the proxies' user can run it. */
async function published(lab: Lab, envoys: Envoys, uid: number | undefined): Promise<Envoys> {
  const places = new Map<string, EnvoyBinary>();
  for (const [version, envoy] of envoys) {
    places.set(version, { ...envoy, path: await lab.publish(envoy.path, uid) });
  }
  return places;
}

/** @throws UserError (exit 2) for a mode that there is not, or one that cannot have the link that was asked for */
function wantedMode({ mode: name, link }: PlatformContext['options']): Mode | undefined {
  if (name === undefined) return undefined;
  const mode = modeNamed(name);
  if (NATURES[mode].namespaces === 'none' && link === 'bridge') {
    throw new UserError(`mode ${mode} has no network namespaces that a bridge could join`, {
      exitCode: 2,
      hint: `leave out either --mode ${mode} or --link bridge`,
    });
  }
  return mode;
}

/** util-linux is on every Linux distribution's base system; without it nothing could be tied to this process's life. */
async function needs(host: Host): Promise<void> {
  if (host.system !== 'linux') throw notHere(`the local platform needs Linux, and this is ${host.system}`);
  const missing: string[] = [];
  for (const tool of ['setpriv', 'taskset', 'sh']) if (!(await host.findCommand(tool))) missing.push(tool);
  if (missing.length === 0) return;
  throw notHere(`not on PATH: ${missing.join(', ')} (Debian: apt-get install util-linux)`);
}

function factsOf(found: {
  choice: ModeChoice;
  link: Link;
  affinity: Affinity;
  envoys: Envoys;
  k6: K6Binary | undefined;
}): RunRecord['platform'] {
  const { choice, link, affinity, envoys, k6 } = found;
  const { mode } = choice.isolation;
  return {
    id: 'local',
    mode,
    refused: choice.refused.map(({ mode: other, because, hint }) => ({
      mode: other,
      because: hint === undefined ? because : `${because} (${hint})`,
    })),
    leavesOut: [...NATURES[mode].leavesOut],
    affinity,
    details: {
      ...(envoys.size === 0 ? {} : { ...envoyDetails(envoys), keys: KEY_TYPE }),
      ...(k6 === undefined ? {} : { k6: k6.version }),
      ...(choice.rulesTool === undefined ? {} : { rules: choice.rulesTool }),
      ...(choice.ownTraffic === undefined ? {} : { proxyTraffic: choice.ownTraffic }),
      ...(NATURES[mode].namespaces === 'none' ? {} : { link }),
      ...(choice.bridgeFilter === undefined ? {} : { bridgeFilter: choice.bridgeFilter }),
    },
  };
}

/** One core after the other: where all cores spin at once, the host takes far more than it does otherwise. */
async function meterIdle(site: LocalSite, asked: number): Promise<Measured<IdleNoise>> {
  const { lab, cores } = site;
  const all = [...cores.system, ...cores.driver].sort((a, b) => a - b);
  if (all.length === 0) return { missing: 'driver and system under test are not pinned, so no core can be metered' };
  const msPerCore = meterMsPerCore(all.length, asked);
  const perCore: IdleNoise['perCore'] = [];
  for (const core of all) {
    const label = `meter of core ${core}`;
    const agent = await lab.startAgent(`meter-${core}`, { label, cores: [core], enter: [], as: lab.outside });
    await agent.client.put('meter', { kind: 'meter', durationMs: msPerCore });
    await site.host.sleep(msPerCore);
    const { windowUs, lostUs, longestUs, stalls } = await agent.client.finished('meter', 'meter', 5000);
    perCore.push({
      core,
      lostShare: lostUs / windowUs,
      stallsOver1msPerSecond: stalls / (windowUs / 1e6),
      longestUs,
    });
    await lab.end(agent.child, label);
  }
  return { seconds: msPerCore / 1000, perCore };
}

async function close(lab: Lab, watcher: Agent, isolation: Isolation): Promise<readonly string[]> {
  const problem = await lab.end(watcher.child, 'watcher').catch((error: unknown) => reasonOf(error));
  const holder = await isolation.end().catch((error: unknown) => reasonOf(error));
  const removal = await lab.remove().then(
    () => undefined,
    (error: unknown) => `directory ${lab.directory}: ${reasonOf(error)}`,
  );
  return [problem, holder, removal].filter((text) => text !== undefined);
}
