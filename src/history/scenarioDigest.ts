import { createHash } from 'node:crypto';
import type { Scenario, Treatment } from '../scenario/scenario.ts';

/**
 * SHA-256 over what a scenario asks to be measured, without the seed: two runs with the same digest measure the same
 * thing. Name, question and budgets are left out, since no measured block hangs on them; so are the version of a proxy
 * and the revision of the control plane that injects it, which are what a history is to see the effect of.
 * @param scriptText of the script that is the load, where there is one: its path says nothing about what it does
 */
export function scenarioDigest(scenario: Scenario, scriptText?: string): string {
  const { platform, profile, treatments, baseline, services, load, blocks } = scenario;
  const { script: _, ...plainLoad } = load;
  const asked = {
    platform,
    profile: profile ?? null,
    treatments: treatments.map(withoutVersion),
    baseline,
    services,
    load: plainLoad,
    script: scriptText === undefined ? null : sha256(scriptText),
    blocks,
  };
  return sha256(JSON.stringify(asked, sortKeys));
}

function withoutVersion(treatment: Treatment): Treatment {
  const { version: _, revision: __, ...settings } = treatment.settings;
  return { ...treatment, settings };
}

/** The order of keys in a file or in the parser is no difference between two scenarios. */
function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
