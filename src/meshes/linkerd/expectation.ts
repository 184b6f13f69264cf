import type { Expectation } from '../../record/runRecord.ts';
import { HOPS, type Hop, type KubernetesContext } from '../mesh.ts';

/** With all-authenticated the proxy answers plaintext instead of cutting it: 403 with an empty body (recorded). */
const REFUSAL_STATUS = 403;

/** What has to be seen for the traffic to count as having gone through these hops' sidecars. */
export function expectationOf(context: KubernetesContext, hops: readonly Hop[]): Omit<Expectation, 'build'> {
  const { settings } = context;
  const isEncrypted = hops.length === HOPS.length;
  const isStrict = settings['mtls'] === 'strict';
  const counters = [
    { hop: 'client' as const, counter: outbound(context, isEncrypted) },
    { hop: 'server' as const, counter: inbound(context, isEncrypted) },
  ];
  return {
    hops: hops.length,
    peerIdentity: isEncrypted ? identityOf(context, 'client') : null,
    plaintext: isStrict ? 'refused' : 'answered',
    ...(isStrict ? { refusalStatus: REFUSAL_STATUS } : {}),
    concurrency: Number(settings['concurrency']),
    requestCounters: counters.filter(({ hop }) => hops.includes(hop)),
    ...(hops.includes('client')
      ? { wireCounters: [{ hop: 'client', what: 'connections', counter: opened(context) }] }
      : {}),
    handshakeCounter: hops.includes('server')
      ? { hop: 'server', counter: encryptedConnections(context), expected: isEncrypted ? 'some' : 'none' }
      : null,
  };
}

/**
 * As the proxy writes it into `l5d-client-id` and into its metrics. The control plane's namespace and trust domain are
 * part of it: both are taken to be Linkerd's defaults, and where they are not, no request is counted as proven.
 */
function identityOf({ serviceAccounts, namespace, clusterDomain }: KubernetesContext, hop: Hop): string {
  return `${serviceAccounts[hop]}.${namespace}.serviceaccount.identity.linkerd.${clusterDomain}`;
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

function outbound(context: KubernetesContext, isEncrypted: boolean): string {
  const peer = isEncrypted ? `tls="true",server_id="${identityOf(context, 'server')}"` : 'tls="no_identity"';
  return `request_total{direction="outbound",target_port="${context.service.port}",${peer}}`;
}

/** Without the kubelet's probes, which the proxy counts like any request, under a route of their own. */
function inbound(context: KubernetesContext, isEncrypted: boolean): string {
  const peer = isEncrypted ? `tls="true",client_id="${identityOf(context, 'client')}"` : 'tls="no_identity"';
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
