/** The proxy's user and group, by which the rules know its own traffic (Istio's number). */
export const PROXY_UID = 1337;
/** The sample service's and the driver's user: anyone but the proxy. */
export const APPLICATION_UID = 1338;

export const SERVICE_HOST = 'echo.bench.svc.cluster.local';
export const SERVICE_PORT = 8080;
export const ADMIN_PORT = 15000;

/** Client and server pod share one link, the stranger and the server another: the uninvited caller has no proxy. */
export const ADDRESSES = {
  client: '10.77.0.1',
  server: '10.77.0.2',
  stranger: '10.77.1.1',
  serverSide: '10.77.1.2',
};
