// @ts-nocheck
import { readFileSync } from 'node:fs';
import { createControl } from './control.ts';
import type { AgentStart } from './protocol.ts';
import { createTaskTable } from './tasks.ts';
import { isWorkerThread, workerMain } from './worker.ts';

const log = (line: object) => process.stderr.write(`${JSON.stringify(line)}\n`);

function controlFor(start: AgentStart) {
  return createControl({ token: start.token, tasks: createTaskTable(log) });
}

/** In a pod: its start is in a file, it serves a port, and it ends when it is told to. */
function podMain(file: string): void {
  const start = JSON.parse(readFileSync(file, 'utf8')) as AgentStart;
  if (!('port' in start)) throw new Error(`${file} names no port`);
  controlFor(start).listen(start.port);
  // As a container's first process it would ignore the signal, and the pod would take its whole grace period to end.
  process.on('SIGTERM', () => process.exit(0));
}

/** Reads its start from one line of standard input, serves its control socket, and ends when that input ends. */
function tiedMain(): void {
  let text = '';
  let started = false;
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (part: string) => {
    text += part;
    const end = text.indexOf('\n');
    if (started || end < 0) return;
    started = true;
    const start = JSON.parse(text.slice(0, end)) as AgentStart;
    if (!('socket' in start)) throw new Error('the start names no socket');
    // The socket is its owner's alone from its first moment: a chmod after listen() would leave one in which it is not.
    process.umask(0o177);
    controlFor(start).listen(start.socket, () => process.stdout.write('ready\n'));
  });
  // Whoever started this agent is gone, or wants it gone.
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
}

const startFile = process.argv[2];
if (isWorkerThread()) void workerMain();
else if (startFile === undefined) tiedMain();
else podMain(startFile);
