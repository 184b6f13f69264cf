#!/usr/bin/env node
// @ts-nocheck
import { closeSync } from 'node:fs';
import { nodeHost } from '../host/nodeHost.ts';
import { readHandover } from '../platforms/local/sudo.ts';
import { codeUnderSudo } from './asRoot.ts';
import { runCli } from './program.ts';

const host = nodeHost();
const controller = new AbortController();
const EXIT_OF = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let interruptedBy: keyof typeof EXIT_OF | undefined;
for (const name of Object.keys(EXIT_OF) as (keyof typeof EXIT_OF)[]) {
  process.on(name, () => {
    // A second signal changes nothing: tear-down has begun, and leaving it half-way would leave things behind.
    if (interruptedBy !== undefined) return;
    interruptedBy = name;
    process.stderr.write(`\n${name}: taking everything down\n`);
    controller.abort();
  });
}
// Under sudo no signal of the one who started this arrives: an interrupt, or its end, closes this input.
if (readHandover(host) !== undefined) {
  process.stdin.resume().on('end', () => {
    interruptedBy ??= 'SIGHUP';
    controller.abort();
  });
}
// A closed pipe behind stdout, as of `| head`, is no reason to leave anything up.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const code = await runCli({
  argv: process.argv.slice(2),
  host,
  signal: controller.signal,
  streams: {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    stderrIsTerminal: process.stderr.isTTY === true,
    colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  },
});
const exitCode = interruptedBy === undefined ? codeUnderSudo(host, code) : EXIT_OF[interruptedBy];
// Output to a pipe is asynchronous: it has to be out before the process ends.
process.stdout.write('', () =>
  process.stderr.write('', () => {
    if (interruptedBy === 'SIGHUP') letGoOfTheTerminal();
    process.exit(exitCode);
  }),
);

/** Node gives a terminal its settings back when it exits, and aborts where the terminal is gone: ResetStdio in src/node.cc. */
function letGoOfTheTerminal(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      closeSync(descriptor);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw error; // closed before
    }
  }
}
