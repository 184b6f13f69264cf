/** Folder, ledger and label of a run: when it began, what it asked, and a suffix against two in one second. */
// @ts-nocheck

export function newRunId(now: Date, name: string, suffix: string): string {
  return `${now.toISOString().slice(0, 19).replace(/:/g, '-')}-${name}-${suffix}`;
}
