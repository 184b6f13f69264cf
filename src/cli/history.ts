import path from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { ON_INCONCLUSIVE, type OnInconclusive } from '../analysis/onInconclusive.ts';
import { countOf } from '../analysis/wording.ts';
import { readBaselines } from '../history/baselines.ts';
import { historyJson, historyJunit } from '../history/documents.ts';
import { type History, historyOf } from '../history/history.ts';
import { pruningOf } from '../history/prune.ts';
import { leftOutTexts } from '../history/rows.ts';
import { readStore } from '../history/store.ts';
import { openIndex } from '../history/storeIndex.ts';
import { renderHistory } from '../history/terminal.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import type { CliContext } from './context.ts';
import { writePage } from './pageFile.ts';
import { told } from './told.ts';
import { VERSION } from './version.ts';
import { wholeNumber } from './wholeNumber.ts';

const EXAMPLES = `
Examples:
  meshtax history                                  judge the newest run in reports/ by those before it
  meshtax history runs --html history.html         with a page of charts and tables
  meshtax history runs --junit > history.xml       for a CI's own list of tests
  meshtax history runs --keep 60                   remove older runs that no baseline rests on
  meshtax accept runs/RUN --because "..."          take what RUN shows as the new usual
`;

interface HistoryOptions {
  scenario?: string | undefined;
  json?: true | undefined;
  junit?: true | undefined;
  html?: string | undefined;
  keep?: number | undefined;
  onInconclusive: OnInconclusive;
}

export function historyCommand(context: CliContext, done: (code: number) => void) {
  return new Command('history')
    .description('judge the newest run of a folder by the comparable ones before it; a folder of runs is all it needs')
    .argument('[folder]', 'folder that holds the folders of the runs', 'reports')
    .option('--scenario <name>', 'look at the runs of this scenario only')
    .option('--html <file>', 'also write a page that needs no network')
    .addOption(new Option('--json', 'print JSON, with every value of every run').conflicts('junit'))
    .option('--junit', 'print JUnit XML: one test for each judged quantity')
    .option(
      '--keep <number>',
      'remove all but the newest runs of each scenario, and what baselines rest on',
      wholeNumber,
    )
    .addOption(
      new Option(
        '--on-inconclusive <what>',
        'whether a newest run that could not be judged, since fewer than ten comparable ones came before it or a figure is missing, fails (exit 4) or passes (exit 0); a suspected regression always fails',
      )
        .choices(ON_INCONCLUSIVE)
        .default('fail' as const),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (folder, options) => done(await showHistory(context, folder, options)));
}

async function showHistory(context: CliContext, folder: string, options: HistoryOptions): Promise<number> {
  const { streams, host } = context;
  if (options.keep === 0) {
    throw new UserError('--keep 0 would remove every run', {
      exitCode: 2,
      hint: 'keep one or more, such as --keep 60',
    });
  }
  const history = withInconclusive(await readHistory(context, folder, options.scenario), options.onInconclusive);
  if (options.json === true) streams.stdout(historyJson(history));
  else if (options.junit === true) streams.stdout(historyJunit(history));
  else streams.stdout(renderHistory(history, { colour: streams.colour }));
  if (options.json === true || options.junit === true) {
    for (const text of [history.conclusion.sentence, ...leftOutTexts(history), ...history.notes]) {
      streams.stderr(`${told(text)}\n`);
    }
  }
  if (options.html !== undefined) {
    const [{ renderHistoryPage }, { chartJsFile }] = await Promise.all([
      import('../history/page.ts'),
      import('./rendered.ts'),
    ]);
    const chartJs = await host.readText(chartJsFile());
    await writePage(context, options.html, renderHistoryPage(history, { chartJs, version: VERSION }));
  }
  if (options.keep !== undefined) await prune(context, folder, history, options.keep);
  return history.conclusion.exitCode;
}

/** @throws UserError (exit 2) where there is no run at all */
async function readHistory(context: CliContext, directory: string, scenario: string | undefined): Promise<History> {
  const { host } = context;
  const index = await openIndex(host, directory, VERSION);
  const source = {
    host,
    directory,
    // Loaded where a run has no figures: the whole analysis takes longer to load than hundreds of runs to judge.
    fromRecords: async (folder: string) => {
      const { figuresFromRecords } = await import('./figuresFromRecords.ts');
      return figuresFromRecords(host, folder);
    },
  };
  const store = await readStore(source, index);
  const baselines = await readBaselines(host, directory);
  const history = historyOf({
    found: store.runs,
    leftOut: store.leftOut,
    notes: [...(index.fault === undefined ? [] : [index.fault]), ...store.notes, ...baselines.faults],
    baselines: baselines.accepted,
    now: host.now(),
    findChanges: index.findChanges,
    ...(scenario === undefined ? {} : { scenario }),
  });
  if (store.runs.length === 0 && !store.leftOut.some(({ kind }) => kind !== 'no-run')) {
    throw new UserError(`${directory}: there is no run in this folder`, {
      exitCode: 2,
      hint: 'name the folder that runs land in, such as reports, or make a first one with meshtax run',
    });
  }
  if (scenario !== undefined && history.runs.length === 0) {
    const names = [...new Set(store.runs.map(({ figures }) => figures.scenario))];
    throw new UserError(`${directory}: there is no run of a scenario "${scenario}"`, {
      exitCode: 2,
      hint: `scenarios here: ${names.length === 0 ? 'none' : names.join(', ')}`,
    });
  }
  // A partial look must not throw away what the index holds of the other scenarios' changes.
  const unkept = scenario === undefined ? await index.keep(store.runs) : undefined;
  return unkept === undefined ? history : { ...history, notes: [...history.notes, unkept] };
}

/** What only could not be judged passes where that is asked for, and is told to. */
function withInconclusive(history: History, on: OnInconclusive): History {
  const { conclusion } = history;
  if (on === 'fail' || conclusion.outcome !== 'not-judged') return history;
  const sentence = `${conclusion.sentence}; exit code 0 all the same, as --on-inconclusive pass asks`;
  return { ...history, conclusion: { ...conclusion, exitCode: 0, sentence } };
}

async function prune(context: CliContext, directory: string, history: History, keep: number): Promise<void> {
  const { host, streams } = context;
  const { outcome } = history.conclusion;
  if (outcome === 'regression' || outcome === 'suspected') {
    // The limit rests on all the runs before: fewer of them might take back what was just found.
    streams.stderr('nothing is removed while a regression is suspected or stands\n');
    return;
  }
  const { remove, kept } = pruningOf(history, keep);
  let removed = 0;
  for (const { folder } of remove) {
    try {
      await host.remove(path.join(directory, folder));
      removed += 1;
    } catch (error) {
      streams.stderr(`not removed: ${told(folder)}: ${told(reasonOf(error))}\n`);
    }
  }
  const rested = kept.length === 0 ? '' : `; ${countOf(kept.length, 'older run')} kept, since a baseline rests on them`;
  streams.stderr(`removed ${countOf(removed, 'run')}${rested}\n`);
}
