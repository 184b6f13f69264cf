import { UserError } from '../host/problems.ts';
import { LINKS, type Link, type PlatformOptions } from '../platforms/platform.ts';

/** A stock image that every cluster with a way to a registry can pull. */
const DEFAULT_IMAGE = 'docker.io/library/node:20-slim';
const IMAGE_VARIABLE = 'MESHTAX_IMAGE';

/** What the commands' flags say about the platform; each command has some of them. */
interface PlatformFlags {
  mode?: string | undefined;
  envoy?: string | undefined;
  k6?: string | undefined;
  pin?: boolean;
  link?: string | undefined;
  kubeconfig?: string | undefined;
  context?: string | undefined;
  image?: string | undefined;
  keep?: true | undefined;
}

/** Fills in what a command has no flag for. @throws UserError (exit 2) for a link that there is not */
export function platformOptions(flags: PlatformFlags): PlatformOptions {
  return {
    mode: flags.mode,
    envoy: flags.envoy,
    k6: flags.k6,
    pinning: flags.pin ?? true,
    link: linkNamed(flags.link ?? 'veth'),
    kubernetes: {
      kubeconfig: flags.kubeconfig,
      context: flags.context,
      image: flags.image ?? (process.env[IMAGE_VARIABLE] || DEFAULT_IMAGE),
      keep: flags.keep === true,
    },
  };
}

function linkNamed(name: string): Link {
  const link = LINKS.find((known) => known === name);
  if (link !== undefined) return link;
  throw new UserError(`there is no link "${name}"`, { exitCode: 2, hint: `links: ${LINKS.join(', ')}` });
}
