import { styleText } from 'node:util';
import { Command } from '@commander-js/extra-typings';
import type { CheckLine } from '../platforms/platform.ts';
import { openLedger, readLedgers } from '../run/ledger.ts';
import { newRunId } from '../run/runId.ts';
import type { CliContext } from './context.ts';
import { AGENT_FILE, loadPlatform } from './platformChoice.ts';

const MARKS = { ok: '√', warning: '‼', failed: '×', skipped: '-' };
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;

export function checkCommand(context: CliContext, done: (code: number) => void) {
  return new Command('check')
    .description('print what this machine can measure, found by doing it; exit 3 when it cannot')
    .option('--platform <id>', 'the platform to check', 'local')
    .option('--envoy <path>', 'the Envoy binary to check')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const { host, streams } = context;
      const platform = await loadPlatform(options.platform);
      const ledger = await openLedger(host, newRunId(host.now(), 'check', String(host.pid)));
      const lines = [
        ...(await platform.check({
          host,
          ledger,
          options: { mode: undefined, envoy: options.envoy, pinning: true },
          agentFile: AGENT_FILE,
          needsProxy: true,
          say: (text) => streams.stderr(`${text}\n`),
        })),
        await leftovers(context),
      ];
      await ledger.close();
      if (options.json) streams.stdout(`${JSON.stringify(lines, null, 2)}\n`);
      else for (const line of lines) streams.stdout(printed(line, streams.colour));
      done(lines.some((line) => line.outcome === 'failed') ? 3 : 0);
    });
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
  return `${mark} ${line.what}\n    ${line.detail}\n${hint}`;
}
