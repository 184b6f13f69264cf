import { devNull } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from '@commander-js/extra-typings';
import type { Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import { FORMATS } from '../report/index.ts';
import type { CliContext } from './context.ts';
import { told } from './told.ts';

export function openCommand(context: CliContext, done: (code: number) => void) {
  const { host, streams } = context;
  return new Command('open')
    .description("open a run's report in the browser; without a display, print where it lies")
    .argument('<run>', 'folder of the run')
    .action(async (directory) => {
      const file = path.resolve(directory, FORMATS.html.fileName);
      if (!(await host.exists(file))) {
        throw new UserError(`${file}: there is no report`, {
          exitCode: 2,
          hint: `meshtax report ${directory} makes it`,
        });
      }
      const url = pathToFileURL(file).href;
      streams.stdout(`${told(file)}\n${url}\n`);
      const because = await whyNotOpened(host, url);
      if (because !== undefined) streams.stderr(`not opened: ${told(because)}\n`);
      done(0);
    });
}

/** A program that fails says so within this time; one that goes on has taken the page. */
const FAILS_WITHIN_MS = 2000;

/** Hands an address to the browser. @returns why that could not be done; undefined where it was */
async function whyNotOpened(host: Host, url: string): Promise<string | undefined> {
  if (host.system === 'linux' && !host.env('DISPLAY') && !host.env('WAYLAND_DISPLAY')) {
    return 'there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set';
  }
  const [name, ...words] = openerOf(host.system);
  const program = await host.findCommand(name);
  if (program === undefined) return `there is no ${name} on PATH`;
  try {
    // What browsers print is not for this terminal, and a pipe would break under them when this process ends.
    const child = host.spawn([program, ...words, url], { logFile: devNull });
    const ended = await Promise.race([child.ended, host.sleep(FAILS_WITHIN_MS)]);
    if (ended === undefined || ended.code === 0) return undefined;
    const how = ended.signal ?? (ended.code === null ? child.errors() : `code ${ended.code}`);
    return `${name} ended with ${how}`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** `start` is a word of Windows' shell, which reads more than an address in an address; this is what stands behind it. */
function openerOf(system: string): readonly [string, ...string[]] {
  if (system === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler'];
  return [system === 'darwin' ? 'open' : 'xdg-open'];
}
