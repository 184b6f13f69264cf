// @ts-nocheck
import { extension } from './xds.ts';

interface CertificateFiles {
  cert: string;
  key: string;
  ca: string;
}

const VERSIONS = { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' };

/** The suites Istio allows on its inbound side for TLS 1.2 (mesh-facts 2.3). */
const INBOUND_SUITES = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
];

const ownCertificate = (files: CertificateFiles) => [
  { certificate_chain: { filename: files.cert }, private_key: { filename: files.key } },
];

/** Client side: shows its own certificate and accepts one server identity only. */
export function upstreamTls(options: { files: CertificateFiles; sni: string; serverIdentity: string }): object {
  return extension('envoy.transport_sockets.tls', 'extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    sni: options.sni,
    common_tls_context: {
      tls_params: VERSIONS,
      tls_certificates: ownCertificate(options.files),
      // Istio sets these per request through its own ALPN filter, which upstream Envoy does not have.
      alpn_protocols: ['istio-http/1.1', 'istio', 'http/1.1'],
      validation_context: {
        trusted_ca: { filename: options.files.ca },
        match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: options.serverIdentity } }],
      },
    },
  });
}

/** Server side: no connection without a certificate of the mesh's authority. */
export function downstreamTls(files: CertificateFiles): object {
  return extension('envoy.transport_sockets.tls', 'extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    require_client_certificate: true,
    common_tls_context: {
      tls_params: { ...VERSIONS, cipher_suites: INBOUND_SUITES },
      tls_certificates: ownCertificate(files),
      alpn_protocols: ['h2', 'http/1.1'],
      validation_context: { trusted_ca: { filename: files.ca } },
    },
  });
}
