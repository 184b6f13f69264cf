import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FIGURES_FILE, figuresText, type QuantityFigure } from '../../src/history/figures.ts';
import { createRandom } from '../../src/scenario/random.ts';
import { figures, quantity } from './fixture.ts';

const PERCENTILES = ['p50', 'p90', 'p99', 'p999'];
const HOPS = ['client', 'server'];

/** A folder of as many runs as are asked for, each with what a history reads of it. */
export function makeStore(directory: string, of: { runs: number; treatments: number; loads: number }): void {
  const random = createRandom(3);
  const near = (value: number) => value * (1 + 0.06 * (random() + random() + random() - 1.5));
  for (let day = 0; day < of.runs; day += 1) {
    const quantities: QuantityFigure[] = [];
    for (let load = 1; load <= of.loads; load += 1) {
      for (let treatment = 1; treatment <= of.treatments; treatment += 1) {
        const group = `treatment-${treatment} at ${load},000/s`;
        for (const [place, percentile] of PERCENTILES.entries()) {
          quantities.push(quantity(`added ${percentile}`, near(600 * 2 ** place), { group }));
        }
        for (const hop of HOPS) {
          quantities.push(quantity(`CPU of the ${hop} proxy`, near(180), { group, unit: 'cpu' }));
          quantities.push(quantity(`memory of the ${hop} proxy`, near(70e6), { group, unit: 'memory' }));
        }
      }
    }
    const own = figures({ day, quantities });
    mkdirSync(path.join(directory, own.runId), { recursive: true });
    writeFileSync(path.join(directory, own.runId, FIGURES_FILE), figuresText(own));
  }
}
