import { styleText } from 'node:util';
import { Command } from '@commander-js/extra-typings';
import { UserError } from '../host/problems.ts';
import { MESH_IDS, meshEntry } from '../meshes/index.ts';
import type { PlatformId } from '../platforms/index.ts';
import { MODES } from '../platforms/local/modes.ts';
import type { CheckLine } from '../platforms/platform.ts';
import { openLedger, readLedgers } from '../run/ledger.ts';
import { newRunId } from '../run/runId.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { CliContext } from './context.ts';
import { AGENT_FILE, knownPlatform, loadPlatform, PROGRAM_FILE } from './platformChoice.ts';
import { platformOptions } from './platformFlags.ts';
import { told } from './told.ts';
import { visibleEffects } from './visibleEffects.ts';

const MARKS = { ok: '√', warning: '‼', failed: '×', skipped: '-' };
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;

export function checkCommand(context: CliContext, done: (code: number) => void) {
  return new Command('check')
    .description('print what this machine can measure, found by doing it; exit 3 when it cannot')
    .option('--platform <id>', 'the platform to check', 'local')
    .option('--mode <mode>', `check this local mode only: ${MODES.join(', ')}`)
    .option('--envoy <path>', 'the Envoy binary to check')
    .option('--kubeconfig <file>', "kubernetes: the cluster's kubeconfig (default: kubectl's rules)")
    .option('--context <name>', 'kubernetes: a context of the kubeconfig')
    .option('--image <name>', 'kubernetes: the Node image that pods would run')
    .option('--runs <folder>', 'earlier runs, whose own noise tells how small an effect a run here can see', 'reports')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const { host, streams } = context;
      if (options.mode !== undefined && knownPlatform(options.platform) !== 'local') {
        throw new UserError('--mode is for this machine: a cluster has no modes', { exitCode: 2 });
      }
      const platform = await loadPlatform(options.platform);
      const ledger = await openLedger(host, newRunId(host.now(), 'check', String(host.pid)));
      const asked = {
        host,
        ledger,
        options: platformOptions(options),
        scenario: everyMesh(knownPlatform(options.platform)),
        signal: context.signal,
        agentFile: AGENT_FILE,
        program: [host.nodePath, PROGRAM_FILE],
        needsProxy: true,
        say: (text: string) => streams.stderr(`${told(text)}\n`),
      };
      // A check that throws leaves no ledger either.
      const found = await platform.check(asked).finally(() => ledger.close());
      const lines =
        options.mode === undefined
          ? [
              ...found,
              await leftovers(context),
              await visibleEffects(host, options.runs, knownPlatform(options.platform)),
            ]
          : found;
      if (options.json) streams.stdout(`${JSON.stringify(lines, null, 2)}\n`);
      else for (const line of lines) streams.stdout(printed(line, streams.colour));
      done(lines.some((line) => line.outcome === 'failed') ? 3 : 0);
    });
}

/** Every mesh that runs there, with its default settings. */
function everyMesh(platform: PlatformId): Scenario {
  const meshes = MESH_IDS.filter((mesh) => meshEntry(mesh).platforms.includes(platform));
  const treatments = meshes.map((mesh) => `  - mesh: ${mesh}\n`).join('');
  const text = `name: check\nplatform: ${platform}\ntreatments:\n${treatments}load: { arrivalRate: 1/s }\n`;
  const parsed = parseScenario(text, 'check');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return parsed.scenario;
}

async function leftovers({ host }: CliContext): Promise<CheckLine> {
  const what = 'no killed run left anything';
  const dead = (await readLedgers(host)).filter((ledger) => !ledger.ownerAlive).map((ledger) => ledger.owner.runId);
  return dead.length === 0
    ? { what, outcome: 'ok', detail: 'no ledger of a dead run' }
    : { what, outcome: 'warning', detail: dead.join(', '), hint: 'meshtax clean' };
}

function printed(line: CheckLine, colour: boolean): string {
  const mark = colour ? styleText(COLOURS[line.outcome], MARKS[line.outcome]) : MARKS[line.outcome];
  const hint = line.hint === undefined ? '' : `    hint: ${line.hint}\n`;
  return `${mark} ${line.what}\n    ${told(line.detail)}\n${told(hint)}`;
}
