import { grouped, ratePerSecond } from '../analysis/rounding.ts';
import type { Calibration } from '../record/runRecord.ts';

/** What the driver is by itself, in one clause. */
export function calibrationText(calibration: Calibration): string {
  const {
    ratePerSecond: rate,
    scheduled,
    completed,
    responseP50Us,
    leastP50Us,
    mostP50Us,
    lagP50Us,
    lagP99Us,
  } = calibration;
  const us = (value: number) => grouped(Math.round(value));
  const all = completed === scheduled ? '' : `, ${grouped(completed)} of ${grouped(scheduled)} answered`;
  return `an answer takes ${us(responseP50Us)} µs at p50 (${us(leastP50Us)} to ${us(mostP50Us)} over five parts) at ${ratePerSecond(rate)}, sent ${us(lagP50Us)} µs late at p50 and ${us(lagP99Us)} µs at p99${all}; every latency holds this, nothing is subtracted, and it cancels in what a treatment adds`;
}
