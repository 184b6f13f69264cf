// @ts-nocheck
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/program.ts';
import type { Host } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';

/** One command in this process: its exit code, and what it printed. */
export async function runInProcess(
  argv: readonly string[],
  host: Host = nodeHost(),
  loadPlatform?: NonNullable<CliContext['loadPlatform']>,
) {
  let stdout = '';
  let stderr = '';
  const code = await runCli({
    argv,
    host,
    signal: new AbortController().signal,
    ...(loadPlatform === undefined ? {} : { loadPlatform }),
    streams: {
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
      stderrIsTerminal: false,
      colour: false,
    },
  });
  return { code, stdout, stderr };
}
