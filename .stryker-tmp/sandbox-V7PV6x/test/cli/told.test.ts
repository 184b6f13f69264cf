// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';
import { told } from '../../src/cli/told.ts';
import { runInProcess } from './inProcess.ts';

const HOSTILE = 'a\u001b[2J\u0007\u202eb\u009b31m https://user:hunter2@host/';
const SHOWN = 'a\ufffd[2J\ufffd\ufffdb\ufffd31m https://***@host/';

describe('words of somebody else', () => {
  it('move no cursor and tell no secret, and keep their line ends', () => {
    expect(told(`${HOSTILE}\n${HOSTILE}`)).toBe(`${SHOWN}\n${SHOWN}`);
  });

  it('are shown so while a run goes on, where only the line that changes moves the cursor', () => {
    let text = '';
    const print = (part: string) => {
      text += part;
    };
    const progress = createProgress(
      { stdout: print, stderr: print, stderrIsTerminal: true, colour: false },
      { quiet: false },
    );
    progress.show({ kind: 'said', text: HOSTILE });
    progress.show({ kind: 'trial-started', index: 1, atMost: 2, block: 1, treatment: HOSTILE, ratePerSecond: 5 });
    expect(text.replaceAll('\r\u001b[K', '|')).toBe(
      `${SHOWN}\n|${`trial 1 (at most 2): block 1, ${SHOWN} at 5/s`.slice(0, 79)}`,
    );
  });

  it('come back from the command line so as well', async () => {
    const { code, stderr } = await runInProcess(['run', `--${HOSTILE}`]);
    expect([code, stderr.match(/(?!\n)\p{Cc}|\u202e/u)]).toEqual([2, null]);
    expect(stderr).toContain(`unknown option '--${SHOWN}'`);
  });
});
