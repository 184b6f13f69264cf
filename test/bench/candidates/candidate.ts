/** What a candidate method says of a sample. */
export interface Found {
  point: number;
  low: number;
  high: number;
}
