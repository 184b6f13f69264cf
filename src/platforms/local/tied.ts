/**
 * The one script of this program: a constant, whose words come as positional arguments and are never read as shell text.
 * It ends with 97 where the parent was gone before the signal of its death was set.
 */
const TIE = 'test "$PPID" = "$1" || exit 97; shift; exec "$@"';

/**
 * Wraps a command so that it dies with this process, even one ended by SIGKILL.
 *
 * Subtleness ahead: a change of user clears the parent-death signal, so the user is changed first; and a parent that died
 * before the signal was set is found by comparing PPID, since its death is signalled to nobody any more (prctl(2)).
 */
export function tiedTo(
  parentPid: number,
  argv: readonly string[],
  options: { uid?: number; cores?: readonly number[]; enter?: readonly string[] } = {},
): string[] {
  const { uid, cores, enter = [] } = options;
  return [
    ...(cores === undefined || cores.length === 0 ? [] : ['taskset', '--cpu-list', cores.join(',')]),
    ...enter,
    ...(uid === undefined ? [] : ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups']),
    'setpriv',
    '--pdeathsig',
    'KILL',
    'sh',
    '-c',
    TIE,
    'sh',
    String(parentPid),
    ...argv,
  ];
}
