// @ts-nocheck
import { cpus, release, totalmem } from 'node:os';
import type { Host } from '../host/host.ts';
import { reasonOf } from '../host/problems.ts';
import type { Measured } from '../record/measured.ts';
import type { Environment } from '../record/runRecord.ts';

/** What the machine is, as far as it lets itself be read. */
export async function readEnvironment(host: Pick<Host, 'readText'>): Promise<Environment> {
  const read = async <T>(file: string, take: (text: string) => T | undefined): Promise<Measured<T>> => {
    try {
      return take(await host.readText(file)) ?? { missing: `${file} does not say` };
    } catch (error) {
      return { missing: reasonOf(error) };
    }
  };
  const processors = cpus();
  return {
    kernel: release(),
    cpuModel: processors[0]?.model ?? { missing: 'the processors are not listed' },
    cores: Math.max(1, processors.length),
    memoryBytes: totalmem(),
    governor: await read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', (text) => text.trim() || undefined),
    cgroupVersion: await read('/proc/self/mountinfo', cgroupVersion),
    irqTimeAccounting: await irqTimeAccounting(host),
    virtualised: await read('/proc/cpuinfo', (text) => /^flags\s*:.*\bhypervisor\b/m.test(text)),
    node: process.version,
  };
}

function cgroupVersion(mountInfo: string): string | undefined {
  const unified = / - cgroup2 /.test(mountInfo);
  const legacy = / - cgroup /.test(mountInfo);
  if (unified && legacy) return 'hybrid';
  if (unified) return '2';
  return legacy ? '1' : undefined;
}

/** With it the kernel books interrupts to themselves; without, to whatever process they interrupted. */
async function irqTimeAccounting(host: Pick<Host, 'readText'>): Promise<Measured<boolean>> {
  const file = `/boot/config-${release()}`;
  try {
    return /^CONFIG_IRQ_TIME_ACCOUNTING=y$/m.test(await host.readText(file));
  } catch {
    return { missing: `the kernel's configuration is not at ${file}` };
  }
}
