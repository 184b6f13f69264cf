import { HOURS_PER_MONTH } from '../../analysis/fleet.ts';
import { QUANTITIES } from '../../analysis/quantities.ts';
import { FLEET_KEYS, FLEET_KINDS } from '../fleet.ts';

const PRINTED_AS = Object.fromEntries(
  Object.entries(FLEET_KINDS).map(([kind, { quantity }]) => [kind, QUANTITIES[quantity]]),
);

/**
 * The arithmetic of src/analysis/fleet.ts and the digits of figure.ts once more, as text that a browser runs; a test holds
 * the two against each other. A figure is [point, low, high], or the reason why there is none.
 */
export const FLEET_ARITHMETIC = `
  const isFigure = Array.isArray;
  const times = (figure, factor) => (isFigure(figure) ? figure.map((end) => end * factor) : figure);
  const largerOf = (reserved, used) => {
    if (!isFigure(used)) return used;
    return isFigure(reserved) ? used.map((end, at) => Math.max(end, reserved[at])) : reserved;
  };
  const rateText = (rate) => rate.toLocaleString('en', { maximumFractionDigits: 1 }) + '/s';

  const onLine = (line, rate) => {
    const values = line.perRound.map(([idle, slope]) => idle + (slope * rate) / 1000);
    const walsh = values
      .flatMap((value, at) => values.slice(at).map((other) => (value + other) / 2))
      .sort((a, b) => a - b);
    const [below, above] = [walsh[(walsh.length - 1) >> 1], walsh[walsh.length >> 1]];
    return [(below + above) / 2, walsh[line.order - 1], walsh[walsh.length - line.order]];
  };

  const cpuAt = ({ loads, line }, rate) => {
    const measured = loads.find((load) => load.rate === rate);
    if (measured) return measured.cpu;
    if (typeof line === 'string') return 'CPU was not measured at ' + rateText(rate) + '; ' + line;
    if (rate >= line.from && rate <= line.to) return onLine(line, rate);
    return rateText(rate) + ' lies outside the rates that were measured, ' + rateText(line.from) + ' to ' + rateText(line.to) + ', and nothing is extrapolated';
  };

  const memoryAt = ({ loads }, rate) => {
    const measured = loads.find((load) => load.rate >= rate);
    if (measured) return measured.memory;
    if (loads.length === 0) return 'no load point was measured';
    return rateText(rate) + ' lies above the highest rate that was measured, ' + rateText(loads[loads.length - 1].rate);
  };

  const moneyOf = (cpu, memory, { core, gib }) => {
    if (core === null && gib === null) return null;
    const priced = (key) => {
      const parts = [
        { figure: cpu[key], price: core, perUnit: ${QUANTITIES.fleetCpu.perUnit} },
        { figure: memory[key], price: gib, perUnit: ${QUANTITIES.fleetMemory.perUnit} },
      ].filter(({ price }) => price !== null);
      const gap = parts.find(({ figure }) => !isFigure(figure));
      if (gap) return gap.figure;
      return parts
        .map(({ figure, price, perUnit }) => times(figure, (price * ${HOURS_PER_MONTH}) / perUnit))
        .reduce((sum, part) => sum.map((end, at) => end + part[at]));
    };
    return { reserved: priced('reserved'), used: priced('used'), larger: priced('larger'), documented: priced('documented') };
  };

  const projectFleet = (facts, asked) => {
    const amounts = (set, each) => {
      const [reserved, used, documented] = [set.reserved, each, set.documented].map((figure) => times(figure, asked.pods));
      return { reserved, used, larger: largerOf(reserved, used), documented };
    };
    const cpu = amounts(facts.cpu, cpuAt(facts, asked.rate));
    const memory = amounts(facts.memory, memoryAt(facts, asked.rate));
    return { cpu, memory, money: moneyOf(cpu, memory, asked) };
  };

  const withUnit = (number, unit) => number + ' ' + (number === '1' && unit.endsWith('cores') ? unit.slice(0, -1) : unit);

  const figureText = (figure, { unit, perUnit, decimals: most }, beside) => {
    if (!isFigure(figure)) return '— (' + figure + ')';
    const [point, low, high] = figure.map((end) => end / perUnit);
    if (low === high) return withUnit(point.toLocaleString('en', { maximumFractionDigits: 3 }), unit);
    const sideOf = (value) => Math.sign(value - beside[0] / perUnit);
    const misleads = (digits) =>
      isFigure(beside) && [low, high].some((end) => sideOf(Number(end.toFixed(digits))) !== sideOf(end));
    let digits = 0;
    while (digits < most && (high - low) * 10 ** digits < 5 - 1e-9) digits += 1;
    while (digits < most && misleads(digits)) digits += 1;
    return withUnit(point.toFixed(digits), unit) + ' (' + low.toFixed(digits) + ' to ' + high.toFixed(digits) + ')';
  };
`;

/** Answers the form of a fleet in the page; where the page has none, it does nothing. */
export const FLEET_SCRIPT = `
(() => {
  'use strict';
  const form = document.getElementById('fleet-form');
  if (form === null) return;
  const treatments = JSON.parse(form.dataset.fleet);
  const printedAs = ${JSON.stringify(PRINTED_AS)};
  const keys = ${JSON.stringify(FLEET_KEYS)};
${FLEET_ARITHMETIC}
  const field = (name) => document.getElementById('fleet-' + name);
  const price = (name) => (field(name).value === '' ? null : field(name).valueAsNumber);

  const tell = (textOf) => {
    treatments.forEach((facts, index) => {
      for (const kind of Object.keys(printedAs)) {
        for (const key of keys) field(index + '-' + kind + '-' + key).textContent = textOf(facts, kind, key);
      }
    });
  };

  const answer = () => {
    const inputs = [...form.querySelectorAll('input')];
    for (const input of inputs) input.setAttribute('aria-invalid', String(!input.validity.valid));
    const wrong = inputs.filter((input) => !input.validity.valid);
    if (wrong.length > 0) {
      field('said').textContent = wrong
        .map((input) => input.labels[0].textContent + ': ' + document.getElementById(input.id + '-hint').textContent)
        .join('; ');
      tell(() => '—');
      return;
    }
    const [pods, hops] = [field('pods').valueAsNumber, field('hops').valueAsNumber];
    const asked = { pods, rate: field('rate').valueAsNumber * hops, core: price('core'), gib: price('gib') };
    field('said').textContent = pods.toLocaleString('en') + (pods === 1 ? ' sidecar, ' : ' sidecars, ') + rateText(asked.rate) + ' through each';
    const found = new Map(treatments.map((facts) => [facts, projectFleet(facts, asked)]));
    tell((facts, kind, key) => {
      const amounts = found.get(facts)[kind];
      return amounts === null ? '— (no price)' : figureText(amounts[key], printedAs[kind], amounts.documented);
    });
  };

  form.hidden = false;
  form.addEventListener('input', answer);
  form.addEventListener('submit', (event) => event.preventDefault());
  answer();
})();
`;
