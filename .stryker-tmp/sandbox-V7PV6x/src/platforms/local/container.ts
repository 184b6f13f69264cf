// @ts-nocheck
import { UserError } from '../../host/problems.ts';

/** What the image of Node lacks of what a run needs, by the names of Debian's packages. */
const PACKAGES = ['iptables', 'iproute2', 'python3-pip'];

/** A run of this folder in a container with everything it needs; it stands here only. */
export const CONTAINER_LINE = `docker run --rm --privileged -v "$PWD:/work" -w /work node:20-bookworm sh -c "apt-get update -q && apt-get install -y -q --no-install-recommends ${PACKAGES.join(' ')} && npm ci && npm start"`;

export const CONTAINER_HINT = `in a container, from the folder of meshtax: ${CONTAINER_LINE} (nobody has run this line yet; the proxy that it fetches is for x86_64, on ARM name another with $MESHTAX_ENVOY; npm ci there replaces node_modules by those for Linux). A virtual machine with Linux does as well.`;

/** Nothing can be measured here, and where it can. */
export const notHere = (because: string): UserError => new UserError(because, { exitCode: 3, hint: CONTAINER_HINT });
