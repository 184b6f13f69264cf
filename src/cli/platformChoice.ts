import { fileURLToPath } from 'node:url';
import { UserError } from '../host/problems.ts';
import { PLATFORM_IDS, platformEntry } from '../platforms/index.ts';
import type { Platform } from '../platforms/platform.ts';

/** The agent's program as the build bundles it. */
export const AGENT_FILE = fileURLToPath(new URL('../agent/agent.cjs', import.meta.url));

/** @throws UserError: exit 2 for an unknown platform, exit 3 for one that cannot be used yet */
export async function loadPlatform(id: string): Promise<Platform> {
  const known = PLATFORM_IDS.find((platform) => platform === id);
  if (known === undefined) {
    throw new UserError(`there is no platform "${id}"`, { exitCode: 2, hint: `platforms: ${PLATFORM_IDS.join(', ')}` });
  }
  const entry = platformEntry(known);
  if (entry.load === undefined) {
    throw new UserError(`platform ${id}: ${entry.notYet ?? 'cannot be used'}`, { exitCode: 3 });
  }
  return entry.load();
}
