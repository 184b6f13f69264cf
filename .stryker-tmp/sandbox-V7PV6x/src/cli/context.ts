// @ts-nocheck
import type { Host } from '../host/host.ts';
import type { Platform } from '../platforms/platform.ts';

/** Where a command prints: stdout carries only the document asked for, stderr everything else. */
export interface Streams {
  stdout(text: string): void;
  stderr(text: string): void;
  stderrIsTerminal: boolean;
  colour: boolean;
}

/** What every command is given. */
export interface CliContext {
  host: Host;
  streams: Streams;
  signal: AbortSignal;
  /** The command line as it was typed, for the record. */
  argv: readonly string[];
  /** Where platforms come from; absent: the built-in ones. */
  loadPlatform?(id: string): Promise<Platform>;
}
