import { UserError } from '../../host/problems.ts';
import { meshEntry } from '../../meshes/index.ts';
import type { Treatment } from '../../scenario/scenario.ts';
import { type EnvoyBinary, type EnvoySearch, findEnvoy, findEnvoyVersion } from './envoyBinary.ts';

/** The binaries of a run by the version that treatments ask for; under the empty text the one for those that ask for none. */
export type Envoys = ReadonlyMap<string, EnvoyBinary>;

/** The version that a treatment asks for; empty where it takes the Envoy that is found. */
export function versionAsked({ settings }: Pick<Treatment, 'settings'>): string {
  return String(settings['version'] ?? '');
}

/**
 * One binary for each version that the treatments with a proxy ask for.
 * @param treatments undefined where it is not known what is to be measured: then the Envoy that is found
 * @throws UserError (exit 2) where --envoy names a binary that no treatment would take; else as the search does
 */
export async function findEnvoys(search: EnvoySearch, treatments: readonly Treatment[] | undefined): Promise<Envoys> {
  const proxied = treatments?.filter(({ mesh }) => meshEntry(mesh).proxied);
  const asked = [...new Set(proxied?.map(versionAsked) ?? [''])];
  if (search.given !== undefined && search.given !== '' && asked.length > 0 && !asked.includes('')) {
    throw new UserError(`--envoy ${search.given}: no treatment takes it, since each names a version of its own`, {
      exitCode: 2,
      hint: 'leave out --envoy, or take "version" away from the treatment that is to run with it',
    });
  }
  const found = new Map<string, EnvoyBinary>();
  for (const version of asked) {
    found.set(version, version === '' ? await findEnvoy(search) : await findEnvoyVersion(search, version));
  }
  return found;
}

/** What the record of a run says of its binaries. */
export function envoyDetails(envoys: Envoys): Record<string, string> {
  return Object.fromEntries(
    [...envoys].flatMap(([version, { version: printed, source }]) => {
      const suffix = version === '' ? '' : ` ${version}`;
      return [
        [`envoy${suffix}`, printed],
        [`envoySource${suffix}`, source],
      ];
    }),
  );
}
