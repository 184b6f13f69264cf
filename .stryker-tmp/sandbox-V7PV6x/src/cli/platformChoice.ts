// @ts-nocheck
import { fileURLToPath } from 'node:url';
import { UserError } from '../host/problems.ts';
import { PLATFORM_IDS, type PlatformId, platformEntry } from '../platforms/index.ts';
import type { Platform } from '../platforms/platform.ts';

/** The agent's program as the build bundles it. */
export const AGENT_FILE = fileURLToPath(new URL('../agent/agent.cjs', import.meta.url));

/** What `meshtax` starts. */
export const PROGRAM_FILE = fileURLToPath(new URL('./main.js', import.meta.url));

/** @throws UserError (exit 2) for a platform that there is not */
export function knownPlatform(id: string): PlatformId {
  const known = PLATFORM_IDS.find((platform) => platform === id);
  if (known !== undefined) return known;
  throw new UserError(`there is no platform "${id}"`, { exitCode: 2, hint: `platforms: ${PLATFORM_IDS.join(', ')}` });
}

/** @throws UserError (exit 2) for a platform that there is not */
export async function loadPlatform(id: string): Promise<Platform> {
  return platformEntry(knownPlatform(id)).load();
}
