// @ts-nocheck
const HIDDEN = '***';

/** `https://user:password@host`: what stands between the scheme and the host (RFC 3986, 3.2.1). */
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"@]*@/gi;
/** A value that its own name calls a secret: `--token=…`, `password: …`, `Authorization: Bearer …`. */
const NAMED =
  /((?:token|password|passwd|secret|api[-_]?key|authorization)["']?\s*[=:]\s*["']?(?:(?:bearer|basic)\s+)?)[^\s"',;&]+/gi;
/** A JSON Web Token: three parts of base64url, the first of which opens a JSON object (RFC 7519). */
const JWT = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;

/** Text without what looks like a credential, for records and messages: each is replaced by `***`. */
export function withoutSecrets(text: string): string {
  return text
    .replace(PRIVATE_KEY, HIDDEN)
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(NAMED, `$1${HIDDEN}`)
    .replace(JWT, HIDDEN);
}
