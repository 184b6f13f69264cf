/**
 * npm run verify:parser: 100,000 seeded mutations of HTTP answers, read in one piece and in several. None may throw, be
 * read differently when it is cut, or have more of a body than there are bytes. Takes some seconds.
 */
import { fuzzResponses } from '../drivers/paced/fuzz.ts';

const INPUTS = 100_000;

const { faults, seen } = fuzzResponses(INPUTS, 2);
for (const [outcome, count] of seen) console.log(`${outcome.padEnd(34)}${count.toLocaleString('en-US').padStart(9)}`);
for (const fault of faults.slice(0, 10)) console.log(`FAIL  ${fault}`);
console.log(
  `${faults.length === 0 ? 'pass' : 'FAIL'}  ${INPUTS.toLocaleString('en-US')} inputs: ${faults.length} faults`,
);
process.exit(faults.length === 0 ? 0 : 1);
