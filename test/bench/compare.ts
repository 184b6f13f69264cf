import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import type { BuiltServer } from './ground-truth/build.ts';
import { arrivalsNs, type GroundTruth, gapVariation, quantile } from './ground-truth/record.ts';
import { type ServerOptions, startFastServer, startServer } from './ground-truth/server.ts';
import type { Tool, ToolRun, ToolTask } from './tools/tool.ts';

/** A core each for server and tool. */
export interface Bench {
  built: BuiltServer;
  serverCore: number;
  toolCore: number;
}

/** What is asked of each tool alike. */
export type Asked = Pick<ToolTask, 'connections' | 'seconds'> & { ratePerSecond?: number };

/** What the server recorded of a tool's requests; response times are not among it, since only the tool knows its schedule. */
export interface Truth {
  requests: number;
  sojournP50Us: Measured<number>;
  sojournP99Us: Measured<number>;
  /** Standard deviation of the gaps between arrivals by their mean: 0 is evenly spaced, 1 as from independent users. */
  gapVariation: Measured<number>;
}

export interface ComparedRun {
  tool: string;
  asked: Asked;
  said: ToolRun;
  truth: Measured<Truth>;
}

export const BODY_BYTES = 1000;

/** Runs a tool against the server that records each request. */
export async function runAgainstTruth(
  bench: Bench,
  tool: Tool,
  { asked, server }: { asked: Asked; server: Pick<ServerOptions, 'serviceUs' | 'freeze'> },
): Promise<ComparedRun> {
  const running = await startServer(bench.built, { ...server, bodyBytes: BODY_BYTES, core: bench.serverCore });
  try {
    const said = await runTool(bench, tool, { asked, port: running.port });
    return { tool: tool.id, asked, said, truth: truthOf(await running.finish(), said.ofLast) };
  } catch (error) {
    // The tool's own failure is what matters; the server is stopped all the same.
    await running.finish().catch(() => undefined);
    throw error;
  }
}

/** Runs a tool against the server that answers as fast as a core lets it, and records nothing. */
export async function runAgainstFast(bench: Bench, tool: Tool, asked: Asked): Promise<ComparedRun> {
  const running = await startFastServer(bench.built, { bodyBytes: 100, core: bench.serverCore });
  try {
    const said = await runTool(bench, tool, { asked, port: running.port, bodyBytes: 100 });
    return { tool: tool.id, asked, said, truth: { missing: 'this server records nothing' } };
  } finally {
    await running.finish();
  }
}

async function runTool(
  bench: Bench,
  tool: Tool,
  { asked, port, bodyBytes = BODY_BYTES }: { asked: Asked; port: number; bodyBytes?: number },
): Promise<ToolRun> {
  const directory = await mkdtemp(path.join(tmpdir(), 'meshtax-bench-'));
  try {
    return await tool.run({
      ...asked,
      url: `http://127.0.0.1:${port}/`,
      host: '127.0.0.1',
      port,
      bodyBytes,
      core: bench.toolCore,
      directory,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

function truthOf(whole: GroundTruth, ofLast: number | undefined): Measured<Truth> {
  const truth = { ...whole, requests: whole.requests.slice(-(ofLast ?? whole.requests.length)) };
  const arrivals = arrivalsNs(truth);
  if (isMissing(arrivals)) return arrivals;
  const sojourns = truth.requests.flatMap(({ arrivalNs, writeNs }) =>
    isMissing(arrivalNs) ? [] : [(writeNs - arrivalNs) / 1000],
  );
  const none = { missing: 'no request arrived' };
  return {
    requests: sojourns.length,
    sojournP50Us: quantile(sojourns, 0.5) ?? none,
    sojournP99Us: quantile(sojourns, 0.99) ?? none,
    gapVariation: gapVariation(arrivals),
  };
}

/** The tool's p50 minus the record's, in µs. */
export function p50Error({ said, truth }: ComparedRun): Measured<number> {
  if (isMissing(truth)) return truth;
  if (isMissing(truth.sojournP50Us)) return truth.sojournP50Us;
  return isMissing(said.p50Us) ? said.p50Us : said.p50Us - truth.sojournP50Us;
}

/** The median of what is known; missing with the first reason where nothing is. */
export function medianOf(values: readonly Measured<number>[]): Measured<number> {
  const known = values.filter((value): value is number => !isMissing(value));
  const [reason] = values.filter(isMissing);
  return quantile(known, 0.5) ?? reason ?? { missing: 'no run' };
}
