import { extension } from './xds.ts';

/** The fields that Istio logs of each request, in its order (mesh-facts 2.6). */
const FORMAT = [
  '[%START_TIME%]',
  '"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%"',
  '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%',
  '"%UPSTREAM_TRANSPORT_FAILURE_REASON%"',
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  '"%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"',
  '%UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS%',
  '%REQUESTED_SERVER_NAME% %ROUTE_NAME%',
].join(' ');

/** A line for each request on the proxy's standard output, as Istio has it. */
export function accessLog(): object {
  return extension('envoy.access_loggers.stdout', 'extensions.access_loggers.stream.v3.StdoutAccessLog', {
    log_format: { text_format_source: { inline_string: `${FORMAT}\n` } },
  });
}
