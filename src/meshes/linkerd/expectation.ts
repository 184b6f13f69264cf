import type { Expectation } from '../../record/runRecord.ts';
import { type AnyHop, accountOf, type Call, callsOf, type KubernetesContext } from '../mesh.ts';

/** With all-authenticated the proxy answers plaintext instead of cutting it: 403 with an empty body (recorded). */
const REFUSAL_STATUS = 403;

/** What has to be seen for the traffic to count as having gone through these hops' sidecars. */
export function expectationOf(context: KubernetesContext, hops: readonly AnyHop[]): Omit<Expectation, 'build'> {
  const { settings, further } = context;
  const isStrict = settings['mtls'] === 'strict';
  const isEncrypted = ({ hop, calledBy }: Pick<Call, 'hop' | 'calledBy'>) =>
    hops.includes(hop) && hops.includes(calledBy);
  const seenOn = (call: Call) => (isEncrypted(call) ? identityOf(context, call.calledBy) : null);
  const isToServerEncrypted = isEncrypted({ hop: 'server', calledBy: 'client' });
  // Two on each call: before it and behind it.
  const counters = callsOf(context).flatMap((call) => [
    { hop: call.calledBy, counter: outbound(context, call, isEncrypted(call)) },
    { hop: call.hop, counter: inbound(context, call, isEncrypted(call)) },
  ]);
  const requestCounters = counters.filter(({ hop }) => hops.includes(hop));
  return {
    hops: requestCounters.length,
    peerIdentity: isToServerEncrypted ? identityOf(context, 'client') : null,
    ...(further === undefined
      ? {}
      : { further: further.map((call) => ({ pod: call.hop, peerIdentity: seenOn(call) })) }),
    plaintext: isStrict ? 'refused' : 'answered',
    ...(isStrict ? { refusalStatus: REFUSAL_STATUS } : {}),
    concurrency: Number(settings['concurrency']),
    requestCounters,
    ...(hops.includes('client')
      ? { wireCounters: [{ hop: 'client', what: 'connections', counter: opened(context) }] }
      : {}),
    handshakeCounter: hops.includes('server')
      ? { hop: 'server', counter: encryptedConnections(context), expected: isToServerEncrypted ? 'some' : 'none' }
      : null,
  };
}

/**
 * As the proxy writes it into `l5d-client-id` and into its metrics. The control plane's namespace and trust domain are
 * part of it: both are taken to be Linkerd's defaults, and where they are not, no request is counted as proven.
 */
function identityOf(context: KubernetesContext, hop: AnyHop): string {
  const { namespace, clusterDomain } = context;
  return `${accountOf(context, hop)}.${namespace}.serviceaccount.identity.linkerd.${clusterDomain}`;
}

/*
 * Subtleness ahead: which series grow by exactly the requests sent.
 *
 * - request_total, since it counts as a request passes; response_total is the same number, but counted when a
 *   response's body is let go, which may be after its last byte has arrived at the driver.
 * - Requests that the server's proxy denies are in neither of the two.
 * - outbound_http_route_* is of no use: it files two ports, and two Services of one name, under the same labels.
 * - By the port that the pod listens on: `authority` is missing where a pod is addressed without its Service.
 * - Identities are part of the name, so that a request of another client's, or in plaintext, does not count.
 */

function outbound(context: KubernetesContext, { hop }: Call, isEncrypted: boolean): string {
  const peer = isEncrypted ? `tls="true",server_id="${identityOf(context, hop)}"` : 'tls="no_identity"';
  return `request_total{direction="outbound",target_port="${context.service.port}",${peer}}`;
}

/** Without the kubelet's probes, which the proxy counts like any request, under a route of their own. */
function inbound(context: KubernetesContext, { calledBy }: Call, isEncrypted: boolean): string {
  const peer = isEncrypted ? `tls="true",client_id="${identityOf(context, calledBy)}"` : 'tls="no_identity"';
  return `request_total{direction="inbound",target_port="${context.service.port}",${peer},route_name!="probe"}`;
}

/** Linkerd counts no handshakes; each connection that it says is encrypted has had one. */
function encryptedConnections({ service }: KubernetesContext): string {
  return `tcp_open_total{direction="inbound",peer="src",target_port="${service.port}",tls="true"}`;
}

/** Connections that the client's proxy opened to the service's pods; their HTTP version is in no metric. */
function opened({ service }: KubernetesContext): string {
  return `tcp_open_total{direction="outbound",peer="dst",target_port="${service.port}"}`;
}
