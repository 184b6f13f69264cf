import { Command } from '@commander-js/extra-typings';
import { COLLECTORS } from '../collectors/index.ts';
import { DRIVERS } from '../drivers/index.ts';
import { MESH_IDS, meshEntry } from '../meshes/index.ts';
import type { SettingSpec } from '../meshes/mesh.ts';
import { PLATFORM_IDS, platformEntry } from '../platforms/index.ts';
import { FORMATS } from '../report/index.ts';
import { BUDGET_SET_IDS, budgetSet } from '../scenario/budgetSets.ts';
import { PROFILE_IDS, profile } from '../scenario/profiles/index.ts';
import type { CliContext } from './context.ts';

export function listCommand(context: CliContext, done: (code: number) => void) {
  return new Command('list')
    .description(
      'print meshes with their settings, platforms, drivers, fairness profiles, budget sets and report formats',
    )
    .action(() => {
      const { stdout } = context.streams;
      stdout('meshes\n');
      for (const id of MESH_IDS) {
        const { title, platforms, settings, inCluster } = meshEntry(id);
        stdout(`  ${id.padEnd(11)} ${title} (${platforms.join(', ')})\n`);
        // What nobody has tried has to be known before it is chosen.
        if (inCluster !== undefined && inCluster.notYetRun !== null) stdout(`    ${inCluster.notYetRun}\n`);
        for (const [name, setting] of Object.entries(settings)) stdout(`    ${name}: ${described(setting)}\n`);
      }
      stdout('platforms\n');
      for (const id of PLATFORM_IDS) {
        stdout(`  ${id.padEnd(11)} ${platformEntry(id).title}\n`);
      }
      stdout('drivers\n');
      for (const [id, { title, model }] of Object.entries(DRIVERS))
        stdout(`  ${id.padEnd(11)} ${model} loop: ${title}\n`);
      stdout('collectors\n');
      for (const [id, { title, runsIn }] of Object.entries(COLLECTORS)) {
        stdout(`  ${id.padEnd(14)} ${title} (${runsIn})\n`);
      }
      stdout('profiles\n');
      for (const id of PROFILE_IDS) stdout(`  ${id.padEnd(11)} ${profile(id).title}\n`);
      stdout('budget sets\n');
      for (const id of BUDGET_SET_IDS) stdout(`  ${id.padEnd(15)} ${budgetSet(id).title}\n`);
      stdout(
        `report formats\n  ${Object.values(FORMATS)
          .map((format) => format.fileName)
          .join(', ')}\n`,
      );
      done(0);
    });
}

function described(setting: SettingSpec): string {
  const usual = setting.default === '' ? 'not set unless told' : `default ${setting.default}`;
  return `${valuesOf(setting)}, ${usual}; ${setting.about}`;
}

function valuesOf(setting: SettingSpec): string {
  switch (setting.kind) {
    case 'choice':
      return setting.options.join(' | ');
    case 'integer':
      return `${setting.min} to ${setting.max}`;
    case 'cpu':
      return 'CPU such as 100m or 2, or none';
    case 'memory':
      return 'size such as 128Mi, or none';
    case 'name':
      return 'name';
    case 'version':
      return `version such as ${setting.example}`;
  }
}
