import { isMissing, type Measured } from '../record/measured.ts';
import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { ProcessRecord, TrialRecord } from '../record/trialRecord.ts';
import { machineMillicores, processMillicores, sumOf } from './resources.ts';
import type { Bottleneck, Saturation } from './result.ts';
import { median } from './stats/quantile.ts';
import type { JudgedTrial } from './validity.ts';

const CORE_MILLICORES = 1000;

/**
 * The component of a treatment at one load point that is nearest to the end of its capacity, by its median busy share
 * over the valid trials: each proxy against its workers, the sample service against the one core that its loop can
 * use, and on this machine all cores under test together. The load driver is left out: it may spin, and whether it kept
 * up is asked by the gates of lateness.
 */
export function bottleneckOf(run: RunRecord, trials: readonly JudgedTrial[]): Measured<Bottleneck> {
  if (trials.length === 0) return { missing: 'no valid trial' };
  const coresUnderTest = isMissing(run.platform.affinity) ? 0 : run.platform.affinity.system.length;
  const perTrial = trials.map(({ record, deployment }) => saturationsOf(record, { deployment, coresUnderTest }));
  const names = [...new Set(perTrial.flat().map(({ component }) => component))];
  const components = names.map((component): Saturation => {
    const shares = perTrial.flatMap((all) => all.filter((one) => one.component === component));
    const missing = shares.map(({ busyShare }) => busyShare).find(isMissing);
    const known = shares.flatMap(({ busyShare }) => (isMissing(busyShare) ? [] : [busyShare]));
    return { component, busyShare: missing ?? median(known) ?? { missing: 'no reading' } };
  });
  const unknown = components.find(({ busyShare }) => isMissing(busyShare));
  if (unknown !== undefined && isMissing(unknown.busyShare)) {
    return { missing: `how busy the ${unknown.component} was is not known: ${unknown.busyShare.missing}` };
  }
  const share = ({ busyShare }: Saturation) => (isMissing(busyShare) ? 0 : busyShare);
  const ordered = components.toSorted((a, b) => share(b) - share(a));
  const [nearest] = ordered;
  return nearest === undefined
    ? { missing: 'no process was watched' }
    : { component: nearest.component, busyShare: share(nearest), others: ordered.slice(1) };
}

function saturationsOf(
  trial: TrialRecord,
  at: { deployment: DeploymentRecord | undefined; coresUnderTest: number },
): Saturation[] {
  const { deployment, coresUnderTest } = at;
  const found: Saturation[] = [];
  for (const { hop, concurrencyEffective } of deployment?.proxies ?? []) {
    const own = trial.processes.filter((process) => process.role === 'proxy' && process.hop === hop);
    const workers = isMissing(concurrencyEffective) ? undefined : concurrencyEffective;
    const cores = workers !== undefined && coresUnderTest > 0 ? Math.min(workers, coresUnderTest) : workers;
    const busyShare = cores === undefined ? { missing: 'its workers are not known' } : shareOf(trial, own, cores);
    found.push({ component: `${hop} proxy`, busyShare });
  }
  const services = trial.processes.filter(({ role }) => role === 'application');
  for (const pod of new Set(services.map((service) => service.pod))) {
    const own = services.filter((service) => service.pod === pod);
    // The first one is the sample service where there is no other.
    const component = services.length === own.length ? 'sample service' : `service of ${pod}`;
    found.push({ component, busyShare: shareOf(trial, own, 1) });
  }
  if (coresUnderTest > 0) {
    const driver = trial.processes.filter(({ role }) => role === 'driver');
    const all = machineMillicores(trial);
    const own = sumOf(driver.map((process) => processMillicores(trial, process)));
    const busy = isMissing(all) ? all : isMissing(own) ? own : all - own;
    const busyShare = isMissing(busy) ? busy : busy / (coresUnderTest * CORE_MILLICORES);
    found.push({ component: `${coresUnderTest === 1 ? 'core' : 'cores'} under test`, busyShare });
  }
  return found;
}

function shareOf(trial: TrialRecord, processes: readonly ProcessRecord[], cores: number): Measured<number> {
  if (processes.length === 0) return { missing: 'no such process was recorded' };
  const used = sumOf(processes.map((process) => processMillicores(trial, process)));
  return isMissing(used) ? used : used / (cores * CORE_MILLICORES);
}
