/** The port to which the rules redirect what the pod sends, and the one for what it receives (Istio's numbers). */
// @ts-nocheck

export const OUTBOUND_PORT = 15001;
export const INBOUND_PORT = 15006;

/** Cluster and statistics names as Istio writes them, so that its documentation applies to the counters. */
export const outboundCluster = (service: { host: string; port: number }) => `outbound|${service.port}||${service.host}`;
export const inboundCluster = (port: number) => `inbound|${port}||`;
