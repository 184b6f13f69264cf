import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import {
  deploymentOf,
  eventsOf,
  leftOf,
  NOTHING,
  onPath,
  runCli,
  runFolder,
  startCli,
  trialsOf,
  until,
  type Workplace,
  whyNoEnvoy,
  whyNotRoot,
  workplace,
  writeScenario,
} from './cli.ts';
import { ROWS, type Row } from './matrix/rows.ts';
import { tamperedEnvoy } from './matrix/tampering.ts';

/** A shared host and a busy test machine bring these about by themselves (docs: what the stall gates say). */
const BY_ITSELF = ['lateness', 'stalls-generator', 'stalls-system', 'steal'];
/** What a core that the host took away for long brings about: the service stands still, and connections are kept busy. */
const BY_A_STALL = ['service-pause', 'free-connection'];
/** In this order of blocks, the meshed treatment is the first trial. */
const SEED = '1';
/** From the driver's start to the middle of the window: its lead, the warm-up, and some. */
const MID_WINDOW_MS = 1600;

const scenario = ({ load = 'connections: 16', serviceTime }: Row) => {
  const rate = load.includes('arrivalRate') ? '' : 'arrivalRate: 400/s, ';
  const services = serviceTime === undefined ? '' : `, serviceTime: ${serviceTime}`;
  return `# Does the right gate speak up?
name: fault
treatments:
  - { mesh: none${services} }
  - { mesh: envoy${services} }
load: { ${rate}${load}, warmUp: 200ms, duration: 2s }
blocks: { min: 6 }
`;
};

interface Judged {
  outcome: string;
  gates: { gate: string; answer: 'pass' | 'fail' | 'not-measured'; detail: string }[];
}

const table: string[][] = [['fault', 'must', 'fired', 'not measured', 'outcome', 'ok']];

describe.sequential('the fault matrix: a real run with', () => {
  afterAll(() => {
    const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
    const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '));
    process.stdout.write(`\n${lines.join('\n')}\nmay fire in any row, by the machine: ${BY_ITSELF.join(', ')}\n`);
  });

  it.for(ROWS)(
    '$fault is found by the gates that have to, and by no other',
    { timeout: 90_000 },
    async (row, context) => {
      const reason =
        whyNotRoot() ??
        whyNoEnvoy() ??
        (onPath('python3') ? undefined : 'needs python3 for the faults') ??
        row.whyNot?.();
      if (reason !== undefined) {
        table.push([row.fault, row.must.join(' '), `SKIPPED: ${reason}`, '', '', '-']);
        context.skip(reason);
      }
      const place = workplace();
      const judged = await measureUnder(row, place);
      const said = (answer: string) => judged.gates.filter((gate) => gate.answer === answer).map(({ gate }) => gate);
      const [fired, unmeasured] = [said('fail'), said('not-measured')];
      const byStall = fired.some((gate) => gate.startsWith('stalls-')) ? BY_A_STALL : [];
      const allowed = [...row.must, ...(row.may ?? []), ...BY_ITSELF, ...byStall];
      const wrong = [...fired, ...unmeasured].filter((gate) => !allowed.includes(gate));
      const silent = row.must.filter((gate) => !fired.includes(gate));
      const isRight = wrong.length === 0 && silent.length === 0;
      table.push([
        row.fault,
        row.must.join(' '),
        fired.join(' '),
        unmeasured.join(' '),
        judged.outcome,
        isRight ? 'yes' : 'NO',
      ]);
      const details = judged.gates
        .filter(({ answer }) => answer !== 'pass')
        .map((gate) => `${gate.gate}: ${gate.detail}`);
      expect({ silent, wrong }, details.join('\n')).toEqual({ silent: [], wrong: [] });
      // A machine that disturbs by itself may take the trial without a fault away as well.
      if (row.must.length > 0) expect(judged.outcome).not.toBe('valid');
      expect(leftOf(place)).toEqual(NOTHING);
    },
  );
});

/** One meshed trial under the fault, and what `meshtax report` says of it. */
async function measureUnder(row: Row, place: Workplace): Promise<Judged> {
  const tampered = row.tampering === undefined ? undefined : await tamperedEnvoy(place, row.tampering);
  const envoy = tampered === undefined ? [] : ['--envoy', tampered.file];
  const cli = startCli(place, ['run', writeScenario(place, scenario(row)), '--mode', 'root', '--seed', SEED, ...envoy]);
  const seen = <T>(what: string, ask: () => T | undefined) =>
    until(what, () => {
      if (cli.child.exitCode !== null) throw new Error(`the run ended before ${what}:\n${cli.stderr()}`);
      return ask();
    });
  const event = (kind: string) =>
    seen(kind, () => eventsOf(place).find((entry) => entry.kind === kind && (entry.treatment ?? 'envoy') === 'envoy'));
  const { deploymentId = '' } = await event('deployed');
  const deployment = await seen('its record', () => deploymentOf(place, deploymentId));
  const midWindow = () => sleep(MID_WINDOW_MS);
  const moment = { place, deployment, midWindow };
  const undo = row.whenDeployed?.(moment);
  let effect: number | string = '';
  try {
    await event('trial-started');
    effect = (await row.inTrial?.(moment)) ?? '';
    await seen('the end of the trial', () => eventsOf(place).find(({ kind }) => kind === 'trial-finished'));
  } finally {
    if (undo !== undefined) effect = await undo();
    cli.child.kill('SIGINT');
    await cli.ended;
  }
  const trial = trialsOf(place).find(({ spec }) => spec.index === 1) ?? expect.fail('no first trial');
  expect(trial.spec.cell.treatment).toBe('envoy');
  expect({ effect, happened: row.happened({ effect, trial }) }).toMatchObject({ happened: true });
  if (tampered !== undefined) expect(tampered.wasUsed()).toBe(true);
  const folder = runFolder(place) ?? '';
  expect((await runCli(place, ['report', folder])).code).toBe(4);
  const { trials } = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8')) as { trials: Judged[] };
  return trials[0] ?? expect.fail('no judged trial');
}
