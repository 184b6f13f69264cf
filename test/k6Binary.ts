import { homedir } from 'node:os';
import path from 'node:path';
import { nodeHost } from '../src/host/nodeHost.ts';

const PLACES = [process.env['MESHTAX_K6'] ?? 'k6', path.join(homedir(), '.cache/meshtax/tools/bin/k6')];
const found = await Promise.all(PLACES.map((place) => nodeHost().findCommand(place)));

/** A real k6; undefined where there is none. */
export const k6Binary: string | undefined = found.find((place) => place !== undefined);
export const WHY_NO_K6 = 'there is no k6: go install go.k6.io/k6@v1.8.1';
