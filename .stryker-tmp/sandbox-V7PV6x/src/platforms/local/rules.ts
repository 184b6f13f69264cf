// @ts-nocheck
import { INBOUND_PORT, OUTBOUND_PORT } from '../../meshes/envoy/names.ts';
import type { ProxySign } from '../../meshes/mesh.ts';

/** Ports of the proxy and its agent that stay open from outside even under strict mutual TLS. */
const PROXY_PORTS = [15008, 15020, 15021, 15090];

/**
 * The redirect rules of a meshed pod as iptables-restore reads them. Their effect is that of Istio's sidecar rules
 * (mesh-facts 2.7): what the pod sends goes to the proxy's outbound port, what arrives goes to its inbound port, and the
 * proxy's own traffic, known by its sign, passes. A sign by owner is user and group, as with Istio.
 */
export function redirectRules(sign: ProxySign): string {
  const chains = ['MESHTAX_ARRIVING', 'MESHTAX_SENDING', 'MESHTAX_TO_INBOUND', 'MESHTAX_TO_OUTBOUND'];
  const byProxy = matchesOf(sign).flatMap(({ is, isNot }) => [
    // The proxy calls its own pod: that call has to come in as any other.
    `-A MESHTAX_SENDING -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 ${is} -j MESHTAX_TO_INBOUND`,
    // The application calls itself over loopback: no proxy in between.
    `-A MESHTAX_SENDING -o lo ${isNot} -j RETURN`,
    `-A MESHTAX_SENDING ${is} -j RETURN`,
  ]);
  const lines = [
    '*nat',
    ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((chain) => `:${chain} ACCEPT [0:0]`),
    ...chains.map((chain) => `:${chain} - [0:0]`),
    `-A MESHTAX_TO_INBOUND -p tcp -j REDIRECT --to-ports ${INBOUND_PORT}`,
    `-A MESHTAX_TO_OUTBOUND -p tcp -j REDIRECT --to-ports ${OUTBOUND_PORT}`,
    '-A PREROUTING -p tcp -j MESHTAX_ARRIVING',
    ...PROXY_PORTS.map((port) => `-A MESHTAX_ARRIVING -p tcp --dport ${port} -j RETURN`),
    '-A MESHTAX_ARRIVING -p tcp -j MESHTAX_TO_INBOUND',
    '-A OUTPUT -p tcp -j MESHTAX_SENDING',
    // From this address the inbound proxy calls the application.
    '-A MESHTAX_SENDING -o lo -s 127.0.0.6/32 -j RETURN',
    ...byProxy,
    '-A MESHTAX_SENDING -d 127.0.0.1/32 -j RETURN',
    '-A MESHTAX_SENDING -j MESHTAX_TO_OUTBOUND',
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

/** The words of iptables that match a packet of the proxy, and one of anybody else. */
function matchesOf(sign: ProxySign): { is: string; isNot: string }[] {
  switch (sign.by) {
    case 'owner':
      return ['uid', 'gid'].map((id) => ({
        is: `-m owner --${id}-owner ${sign.uid}`,
        isNot: `-m owner ! --${id}-owner ${sign.uid}`,
      }));
    case 'mark': {
      const mark = `0x${sign.mark.toString(16)}`;
      return [{ is: `-m mark --mark ${mark}`, isNot: `-m mark ! --mark ${mark}` }];
    }
    case 'source':
      return [{ is: `-s ${sign.address}/32`, isNot: `! -s ${sign.address}/32` }];
  }
}

/** The rule as iptables-save prints it, by which a packet of the proxy passes: its count tells of what was let pass. */
export const passingRule = (sign: ProxySign): string => {
  const [first] = matchesOf(sign);
  return `-A MESHTAX_SENDING ${first?.is ?? ''} -j RETURN`;
};
