import { type AnyHop, type FurtherHop, isFurther } from '../../meshes/mesh.ts';
import type { Link } from '../platform.ts';

/** The proxy's user and group, by which the rules know its own traffic (Istio's number). */
export const PROXY_UID = 1337;
/** The mark that a proxy sets on its packets where it has no user of its own. */
export const PROXY_MARK = 1337;
/** The sample service's and the driver's user: anyone but the proxy. */
export const APPLICATION_UID = 1338;

export const SERVICE_HOST = 'echo.bench.svc.cluster.local';
export const SERVICE_PORT = 8080;
/** Where the service listens once a pass-through has taken its port. */
export const BEHIND_PASS_THROUGH_PORT = 8079;
export const ADMIN_PORT = 15000;

/** Client and server pod are in one subnet, whatever joins them. */
export const ADDRESSES = { client: '10.77.0.1', server: '10.77.0.2' };

/** Number of a service behind the first one, from 2 on: what its names and addresses end in. */
const numberOf = (hop: FurtherHop): number => Number(hop.slice('server-'.length));

/** Address of a pod's own interface, in the one subnet of all. */
export function addressOf(hop: AnyHop): string {
  return isFurther(hop) ? `10.77.0.${20 + numberOf(hop)}` : ADDRESSES[hop];
}

/** Name under which the services call the one behind the first. */
export const furtherHost = (hop: FurtherHop): string => SERVICE_HOST.replace('echo', `echo-${numberOf(hop)}`);

/** A second address of each pod, from which only its proxy calls, where neither a user nor a mark can be had. */
export function proxyAddressOf(hop: AnyHop): string {
  return isFurther(hop) ? `10.77.0.${60 + numberOf(hop)}` : PROXY_ADDRESSES[hop];
}

const PROXY_ADDRESSES = { client: '10.77.0.11', server: '10.77.0.12' };

/**
 * The pod outside the mesh, and the address at which it finds the server. A pair of interfaces joins two pods only, so
 * without a bridge it has one of its own to the server, with a subnet of its own.
 */
export const STRANGER: Readonly<Record<Link, { own: string; server: string }>> = {
  veth: { own: '10.77.1.1', server: '10.77.1.2' },
  bridge: { own: '10.77.0.3', server: ADDRESSES.server },
};
