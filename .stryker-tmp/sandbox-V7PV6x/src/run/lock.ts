// @ts-nocheck
import { z } from 'zod';
import type { Host } from '../host/host.ts';
import { UserError } from '../host/problems.ts';

/** Known to every user of the machine, so that two users' runs see each other. */
const NAME = 'meshtax-run';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  uid: z.number().int(),
  // It is printed, and any user of the machine could have made it.
  runId: z.string().regex(/^[\w.-]{1,120}$/),
});

export interface RunLock {
  /** undefined when the lock is held; otherwise why there is none. */
  missing: string | undefined;
  release(): Promise<void>;
}

/**
 * One run at a time on a machine: two would measure each other.
 * @throws UserError (exit 3) that names the run that measures now
 */
export async function takeRunLock(host: Host, runId: string): Promise<RunLock> {
  const claim = await host.claimName(NAME, JSON.stringify({ pid: host.pid, uid: host.uid, runId }));
  switch (claim.kind) {
    case 'held':
      return { missing: undefined, release: claim.release };
    case 'unsupported':
      return {
        missing: 'this system has no lock that a dead process gives back, so nothing keeps a second run away',
        release: async () => {},
      };
    case 'taken':
      throw refusal(claim.says);
  }
}

function refusal(says: string): UserError {
  const holder = holderOf(says);
  if (holder === undefined) {
    return new UserError(`a program that does not say who it is holds this machine's lock (@${NAME})`, {
      exitCode: 3,
      hint: `"ss -xlp" as root names the program that listens on @${NAME}; a run of meshtax would have said its pid`,
    });
  }
  const { runId, pid, uid } = holder;
  return new UserError(`another run measures on this machine: ${runId} (pid ${pid}, uid ${uid})`, {
    exitCode: 3,
    hint: `two at once would measure each other: wait for it, or end it with "kill ${pid}"`,
  });
}

function holderOf(says: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(says)).data;
  } catch {
    return undefined;
  }
}
