import { Command } from '@commander-js/extra-typings';
import { COLLECTORS } from '../collectors/index.ts';
import { DRIVERS } from '../drivers/index.ts';
import { MESH_IDS, meshEntry } from '../meshes/index.ts';
import type { SettingSpec } from '../meshes/mesh.ts';
import { PLATFORM_IDS, platformEntry } from '../platforms/index.ts';
import { FORMATS } from '../report/index.ts';
import { BUDGET_SET_IDS } from '../scenario/budgetSets.ts';
import type { CliContext } from './context.ts';

export function listCommand(context: CliContext, done: (code: number) => void) {
  return new Command('list')
    .description('print meshes with their settings, platforms, drivers, budget sets and report formats')
    .action(() => {
      const { stdout } = context.streams;
      stdout('meshes\n');
      for (const id of MESH_IDS) {
        const { title, platforms, settings, notYet } = meshEntry(id);
        stdout(`  ${id.padEnd(11)} ${title} (${platforms.join(', ')})${notYet === undefined ? '' : `; ${notYet}`}\n`);
        for (const [name, setting] of Object.entries(settings)) stdout(`    ${name}: ${described(setting)}\n`);
      }
      stdout('platforms\n');
      for (const id of PLATFORM_IDS) {
        const { title, notYet } = platformEntry(id);
        stdout(`  ${id.padEnd(11)} ${title}${notYet === undefined ? '' : `; ${notYet}`}\n`);
      }
      stdout('drivers\n');
      for (const [id, { title, model }] of Object.entries(DRIVERS))
        stdout(`  ${id.padEnd(11)} ${model} loop: ${title}\n`);
      stdout('collectors\n');
      for (const [id, { title, runsIn }] of Object.entries(COLLECTORS)) {
        stdout(`  ${id.padEnd(14)} ${title} (${runsIn})\n`);
      }
      stdout(`budget sets\n  ${BUDGET_SET_IDS.join(', ')}\n`);
      stdout(
        `report formats\n  ${Object.values(FORMATS)
          .map((format) => format.fileName)
          .join(', ')}\n`,
      );
      done(0);
    });
}

function described(setting: SettingSpec): string {
  const range = setting.kind === 'choice' ? setting.options.join(' | ') : `${setting.min} to ${setting.max}`;
  return `${range}, default ${setting.default}; ${setting.about}`;
}
