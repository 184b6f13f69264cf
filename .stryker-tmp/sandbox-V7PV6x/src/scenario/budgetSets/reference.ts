/** Follows the source of each of Istio's figures where upstream Envoy is judged by it. */
// @ts-nocheck

export const AS_REFERENCE = ', as the reference for upstream Envoy in its topology';

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
/** The sources of these figures count memory in decimal megabytes. */
export const MB = 1_000_000;
