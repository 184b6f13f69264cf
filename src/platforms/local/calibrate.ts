import { reasonOf } from '../../host/problems.ts';
import { LatencyHistogram } from '../../record/histogram.ts';
import type { Measured } from '../../record/measured.ts';
import type { Calibration } from '../../record/runRecord.ts';
import type { SegmentRecord } from '../../record/trialRecord.ts';
import type { CalibrationLoad } from '../platform.ts';
import type { LocalSite } from './site.ts';

const LEAD_MS = 900;
const WARM_UP_MS = 300;
const PARTS = 5;
const PART_MS = 300;
const RESPONSE_BYTES = 1000;
const TIMEOUT_MS = 2000;

/**
 * Drives an echo of its own, without a mesh or a namespace in between, at the highest rate of the run: what a response
 * time holds at the least on this machine, and how late the driver sends here. Recorded and told, and subtracted nowhere:
 * it is the same for every treatment, so that it cancels in what one adds.
 */
export async function calibrate(site: LocalSite, load: CalibrationLoad): Promise<Measured<Calibration>> {
  const { host, lab, cores } = site;
  const ending: (() => Promise<unknown>)[] = [];
  const agent = async (name: string, own: readonly number[]) => {
    const started = await lab.startAgent(name, { label: name, cores: own, enter: [], as: lab.outside });
    ending.push(() => lab.end(started.child, name));
    return started.client;
  };
  try {
    const echo = await agent('echo', cores.system);
    const driver = await agent('calibrated driver', cores.driver);
    const [port = 0] = await host.freePorts(1);
    await echo.put('serve', { kind: 'serve', host: '127.0.0.1', port, serviceTimeUs: 0 });
    await echo.finished('serve', 'serve', TIMEOUT_MS);
    await echo.put('count', { kind: 'count' });
    const { agentUs } = await driver.clock();
    await driver.put('drive', {
      kind: 'drive',
      drive: {
        driver: 'paced',
        target: { host: '127.0.0.1', port },
        authority: `127.0.0.1:${port}`,
        requests: [
          {
            name: 'echo',
            weight: 1,
            method: 'GET',
            path: `/bytes/${RESPONSE_BYTES}`,
            headers: {},
            requestBytes: 0,
            responseBytes: RESPONSE_BYTES,
          },
        ],
        connections: load.connections,
        ...(load.workers === undefined ? {} : { workers: load.workers }),
        arrivals: 'constant',
        scheduleSeed: 1,
        segments: segmentsAt(load.ratePerSecond),
        actions: [],
        timeoutMs: TIMEOUT_MS,
        restWhenIdle: cores.driver.length === 0,
        startAtUs: agentUs + LEAD_MS * 1000,
      },
    });
    await host.sleep(LEAD_MS + WARM_UP_MS + PARTS * PART_MS);
    const { segments } = await driver.finished('drive', 'drive', 2 * TIMEOUT_MS);
    const tally = await echo.result('count', 'count');
    return calibrationOf(
      segments.filter(({ measured }) => measured),
      { load, serviceTime: tally.serviceTime },
    );
  } catch (error) {
    return { missing: `the driver was not calibrated: ${reasonOf(error)}` };
  } finally {
    for (const end of ending.reverse()) await end().catch(() => site.ledger.mayBeLeft());
  }
}

function segmentsAt(arrivalRatePerSecond: number) {
  const warmUp = { name: 'warm-up', fromMs: 0, toMs: WARM_UP_MS, arrivalRatePerSecond, measured: false };
  const parts = Array.from({ length: PARTS }, (_, index) => {
    const fromMs = WARM_UP_MS + index * PART_MS;
    return { name: `part ${index + 1}`, fromMs, toMs: fromMs + PART_MS, arrivalRatePerSecond, measured: true };
  });
  return [warmUp, ...parts];
}

function calibrationOf(
  parts: readonly SegmentRecord[],
  { load, serviceTime }: { load: CalibrationLoad; serviceTime: string },
): Measured<Calibration> {
  const merged = (of: 'response' | 'lag', from: readonly SegmentRecord[] = parts) => {
    const answered = from.flatMap(({ streams }) => streams.filter(({ outcome }) => outcome === 'ok'));
    return LatencyHistogram.merged(answered.map((stream) => stream[of]));
  };
  const [response, lag] = [merged('response'), merged('lag')];
  const medians = parts.flatMap((part) => merged('response', [part]).quantile(0.5) ?? []);
  const echoUs = LatencyHistogram.decode(serviceTime).quantile(0.5);
  const [responseP50Us, responseP99Us] = [response.quantile(0.5), response.quantile(0.99)];
  const [lagP50Us, lagP99Us] = [lag.quantile(0.5), lag.quantile(0.99)];
  if (
    responseP50Us === undefined ||
    responseP99Us === undefined ||
    lagP50Us === undefined ||
    lagP99Us === undefined ||
    echoUs === undefined
  ) {
    return { missing: 'the echo answered nothing' };
  }
  const sum = (of: 'scheduled' | 'completed') => parts.reduce((all, { counts }) => all + counts[of], 0);
  return {
    ratePerSecond: load.ratePerSecond,
    scheduled: sum('scheduled'),
    completed: sum('completed'),
    echoUs,
    responseP50Us,
    responseP99Us,
    leastP50Us: Math.min(...medians),
    mostP50Us: Math.max(...medians),
    lagP50Us,
    lagP99Us,
  };
}
