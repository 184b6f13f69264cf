import { meshEntry } from '../meshes/index.ts';
import { departuresFrom } from './applyProfile.ts';
import type { LeftOut } from './scenario.ts';
import type { ScenarioInput } from './schema.ts';
import { isMeasuredOn } from './treatments.ts';

/** The treatments that are for another platform than the one that is measured on, in the order of the file. */
export function leftOutOf({ platform, treatments }: ScenarioInput): LeftOut[] {
  return treatments
    .filter((treatment) => !isMeasuredOn(platform, treatment))
    .map(({ name, mesh, platform: own }) => ({
      treatment: name ?? mesh,
      mesh,
      because: `it is measured on the ${own} platform only`,
    }));
}

/** What weakens a result before anything is measured: what nobody has tried yet, and keys without an effect here. */
export function notesOn({ platform, profile, treatments, services, load }: ScenarioInput): string[] {
  const measured = treatments.filter((treatment) => isMeasuredOn(platform, treatment));
  const meshes = [...new Set(measured.map(({ mesh }) => mesh))];
  const untried = meshes.flatMap((mesh) => {
    const said = platform === 'kubernetes' ? meshEntry(mesh).inCluster?.notYetRun : undefined;
    return said === undefined || said === null ? [] : [`${mesh}: ${said}`];
  });
  const idle =
    platform === 'kubernetes' || services.memoryLimit === undefined
      ? []
      : [`services.memoryLimit has no effect on the ${platform} platform: the sample service has no container there`];
  const planted = measured.flatMap(({ name, mesh, plantedCost }) =>
    plantedCost === undefined
      ? []
      : [
          `${name ?? mesh} holds a planted cost of ${plantedCost} µs on each request, in a pass-through beside the server's proxy: its figures are no mesh's`,
        ],
  );
  const departing = measured.flatMap((treatment) => {
    const departures = profile === undefined ? [] : departuresFrom(profile, treatment);
    const name = treatment.name ?? treatment.mesh;
    return departures.length === 0 ? [] : [`${name} departs from profile ${profile}: ${departures.join(', ')}`];
  });
  const driven =
    load.driver === 'k6'
      ? [
          'k6 drives: a latency counts from the actual send and what k6 was late for beyond its best request; k6 sleeps by whole milliseconds, so that latencies lie some 0.6 ms above those of the own driver at p50, alike for every treatment',
        ]
      : [];
  return [...planted, ...departing, ...untried, ...idle, ...driven];
}
