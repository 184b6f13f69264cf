/** An extension as Envoy's configuration wants it: its registered name and a typed message. */
// @ts-nocheck

export function extension(name: string, type: string, fields: object = {}): object {
  return { name, typed_config: { '@type': `type.googleapis.com/envoy.${type}`, ...fields } };
}

export function socketAddress(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
