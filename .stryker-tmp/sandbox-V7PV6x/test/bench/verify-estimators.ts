/**
 * npm run verify:estimators: do the estimators agree with scipy? Asks the second implementation in Python about seeded
 * samples, and keeps its answers for the test that has no scipy to ask. Needs python3 with scipy; takes seconds.
 */
// @ts-nocheck

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { askScipy, whyNoScipy } from '../analysis/stats/scipy/askScipy.ts';
import { casesOf, disagreements, RECORDED_SEEDS } from '../analysis/stats/scipy/cases.ts';

const reason = whyNoScipy();
if (reason !== undefined) throw new Error(reason);
const cases = RECORDED_SEEDS.flatMap(casesOf);
const reference = askScipy(cases);
const found = disagreements(cases, reference.answers);
for (const line of found) console.log(line);
const kept = path.resolve(import.meta.dirname, '../analysis/stats/scipy/recorded.json');
writeFileSync(kept, `${JSON.stringify(reference)}\n`);
console.log(`${cases.length - found.length} of ${cases.length} cases agree with scipy ${reference.scipy}`);
process.exit(found.length === 0 ? 0 : 1);
