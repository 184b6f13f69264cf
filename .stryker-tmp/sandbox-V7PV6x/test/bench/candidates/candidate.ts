/** What a candidate method says of a sample. */
// @ts-nocheck

export interface Found {
  point: number;
  low: number;
  high: number;
}
