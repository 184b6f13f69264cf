import * as hdr from 'hdr-histogram-js';

/** One hour, far beyond any timeout: nothing a driver measures lies above. */
export const HIGHEST_US = 3_600_000_000;
/** Three digits: exact to 1 µs up to 2 ms, within 0.1 % above. */
export const SIGNIFICANT_DIGITS = 3;

/** An HDR histogram of latencies in integer µs. Histograms are merged; percentiles are never averaged. */
export class LatencyHistogram {
  readonly #inner: hdr.JsHistogram;

  private constructor(inner: hdr.JsHistogram) {
    this.#inner = inner;
  }

  static create(): LatencyHistogram {
    return new LatencyHistogram(
      hdr.build({
        bitBucketSize: 32,
        lowestDiscernibleValue: 1,
        highestTrackableValue: HIGHEST_US,
        numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
        autoResize: false,
        useWebAssembly: false,
      }) as hdr.JsHistogram,
    );
  }

  /** @throws where the text is not a histogram in HdrHistogram's compressed V2 encoding */
  static decode(text: string): LatencyHistogram {
    return new LatencyHistogram(hdr.decodeFromCompressedBase64(text, 32, false) as hdr.JsHistogram);
  }

  /** Everything that these hold together; nothing where there are none. @throws as `decode` */
  static merged(encoded: readonly string[]): LatencyHistogram {
    const whole = LatencyHistogram.create();
    for (const one of encoded) whole.merge(LatencyHistogram.decode(one));
    return whole;
  }

  /** Compressed V2 encoding, base64: what HdrHistogram's own tools read. */
  encode(): string {
    return hdr.encodeIntoCompressedBase64(this.#inner);
  }

  /** Rounds to whole µs, as the library itself truncates. Out-of-range values are the caller's error and throw. */
  record(us: number): void {
    const whole = Math.round(us);
    if (!(whole >= 0 && whole <= HIGHEST_US)) throw new RangeError(`not a latency in µs: ${us}`);
    this.#inner.recordValue(whole);
  }

  /** As `record`, for a value that came up several times. */
  recordMany(us: number, count: number): void {
    const whole = Math.round(us);
    if (!(whole >= 0 && whole <= HIGHEST_US)) throw new RangeError(`not a latency in µs: ${us}`);
    if (count > 0) this.#inner.recordValueWithCount(whole, count);
  }

  /**
   * What a histogram of any range and unit holds, in ascending order; each value is the middle of its bucket.
   * @throws where the text is not a histogram in HdrHistogram's compressed V2 encoding
   */
  static valuesOf(text: string): { value: number; count: number }[] {
    const inner = hdr.decodeFromCompressedBase64(text, 32, false) as hdr.JsHistogram;
    const values: { value: number; count: number }[] = [];
    const iterator = inner.recordedValuesIterator;
    iterator.reset();
    while (iterator.hasNext()) {
      const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
      values.push({ value: inner.medianEquivalentValue(valueIteratedTo), count: countAtValueIteratedTo });
    }
    return values;
  }

  merge(other: LatencyHistogram): void {
    this.#inner.add(other.#inner);
  }

  reset(): void {
    this.#inner.reset();
  }

  get count(): number {
    return this.#inner.totalCount;
  }

  /** Value in µs at or below which the share `q` (0 to 1) lies; undefined when nothing was recorded. */
  quantile(q: number): number | undefined {
    return this.count === 0 ? undefined : this.#inner.getValueAtPercentile(q * 100);
  }

  /** To the histogram's resolution, so that it is the same before and after it was stored. */
  get max(): number | undefined {
    return this.quantile(1);
  }

  get mean(): number | undefined {
    return this.count === 0 ? undefined : this.#inner.mean;
  }

  /**
   * HdrHistogram's own text of percentiles, .hgrm: five steps to each halving of the distance to 100 %, values in ms.
   * Its plotters read it.
   */
  percentileDistribution(): string {
    return this.#inner.outputPercentileDistribution(5, 1000);
  }

  /** How many values are above `us`, to the histogram's resolution. */
  countAbove(us: number): number {
    let above = 0;
    const iterator = this.#inner.recordedValuesIterator;
    iterator.reset();
    while (iterator.hasNext()) {
      const value = iterator.next();
      if (value.valueIteratedTo > us) above += value.countAtValueIteratedTo;
    }
    return above;
  }
}
