import { chmodSync } from 'node:fs';
import { createControl } from './control.ts';
import type { AgentStart } from './protocol.ts';
import { createTaskTable } from './tasks.ts';
import { isWorkerThread, workerMain } from './worker.ts';

/** Reads its start from one line of standard input, serves its control socket, and ends when that input ends. */
function agentMain(): void {
  const log = (line: object) => process.stderr.write(`${JSON.stringify(line)}\n`);
  let text = '';
  let started = false;
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (part: string) => {
    text += part;
    const end = text.indexOf('\n');
    if (started || end < 0) return;
    started = true;
    const start = JSON.parse(text.slice(0, end)) as AgentStart;
    const control = createControl({ token: start.token, tasks: createTaskTable(log) });
    control.listen(start.socket, () => {
      chmodSync(start.socket, 0o600);
      process.stdout.write('ready\n');
    });
  });
  // Whoever started this agent is gone, or wants it gone.
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
}

if (isWorkerThread()) void workerMain();
else agentMain();
