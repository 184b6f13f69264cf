// @ts-nocheck
import { ratePerSecond } from '../analysis/rounding.ts';
import type { RunEvent } from '../run/events.ts';
import { PILOT_BLOCK } from '../scenario/pilot.ts';
import type { Streams } from './context.ts';
import { told } from './told.ts';

/** Shows a run to whoever waits: one line that changes on a terminal, one plain line per trial elsewhere. */
export interface Progress {
  show(event: RunEvent): void;
  /** Leaves the line as it is and goes to the next. */
  end(): void;
}

/** Prints between trials only: nothing is drawn while a window is measured. */
export function createProgress(streams: Streams, options: { quiet: boolean }): Progress {
  if (options.quiet) return { show: () => {}, end: () => {} };
  let lineOpen = false;
  const plain = (text: string) => {
    if (lineOpen) streams.stderr('\r\x1b[K');
    lineOpen = false;
    streams.stderr(`${told(text)}\n`);
  };
  const changing = (text: string) => {
    if (!streams.stderrIsTerminal) return plain(text);
    streams.stderr(`\r\x1b[K${told(text).slice(0, 79)}`);
    lineOpen = true;
  };
  return {
    show(event) {
      switch (event.kind) {
        case 'said':
          return plain(event.text);
        case 'trial-started':
          return changing(
            `trial ${event.index} (at most ${event.atMost}): ${event.block === PILOT_BLOCK ? 'pilot' : `block ${event.block}`}, ${event.treatment} at ${ratePerSecond(event.ratePerSecond)}`,
          );
        case 'trial-finished':
          if (event.failedGates.length > 0) {
            const next = event.summary.outcome === 'repeat' ? 'not valid' : 'void';
            plain(`trial ${event.index}: ${next}, failed ${event.failedGates.join(', ')}`);
          }
          return;
        case 'retired':
          for (const problem of event.problems) plain(`not taken down: ${problem}`);
          return;
        case 'stopped':
          return plain(`measured: ${event.because}`);
        default:
          return;
      }
    },
    end() {
      if (lineOpen) streams.stderr('\r\x1b[K');
      lineOpen = false;
    },
  };
}
