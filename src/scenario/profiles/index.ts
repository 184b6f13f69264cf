import { DEFAULTS } from './defaults.ts';
import { EQUALISED } from './equalised.ts';
import type { Profile } from './profile.ts';

/** Every fairness profile. Adding one is one file and one entry here. */
const PROFILES = { defaults: DEFAULTS, equalised: EQUALISED } as const satisfies Record<string, Profile>;

export type ProfileId = keyof typeof PROFILES;
export const PROFILE_IDS = Object.keys(PROFILES) as readonly ProfileId[];

export function profile(id: ProfileId): Profile {
  return PROFILES[id];
}
