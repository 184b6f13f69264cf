/**
 * The one script of this program: a constant, whose words come as positional arguments and are never read as shell text.
 * It ends with 97 where the parent was gone before the signal of its death was set.
 */
// @ts-nocheck

const TIE = 'test "$PPID" = "$1" || exit 97; shift; exec "$@"';

/** Who a started program runs as, and what it may do. */
export interface Identity {
  /** Changed to before anything else; absent: whoever starts it. */
  uid?: number;
  /** Whoever starts it may take capabilities from it for good; without that it can only be kept from gaining any. */
  mayDrop: boolean;
  /** The one capability that it needs. */
  keeps?: 'net_admin' | 'dac_read_search';
}

export interface Tie {
  as: Identity;
  cores?: readonly number[];
  /** Words that put it into a pod. */
  enter?: readonly string[];
}

/**
 * Wraps a command so that it dies with this process, even one ended by SIGKILL, and holds no privilege that it does not
 * need.
 *
 * Subtleness ahead: a change of user clears the parent-death signal, so the user is changed first; and a parent that died
 * before the signal was set is found by comparing PPID, since its death is signalled to nobody any more (prctl(2)).
 */
export function tiedTo(parentPid: number, argv: readonly string[], { as, cores = [], enter = [] }: Tie): string[] {
  return [
    ...(cores.length === 0 ? [] : ['taskset', '--cpu-list', cores.join(',')]),
    ...enter,
    ...['setpriv', ...identityFlags(as), '--no-new-privs', ...capabilityFlags(as)],
    ...['setpriv', '--pdeathsig', 'KILL'],
    'sh',
    '-c',
    TIE,
    'sh',
    String(parentPid),
    ...argv,
  ];
}

const identityFlags = ({ uid }: Identity): string[] =>
  uid === undefined ? [] : ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];

function capabilityFlags({ mayDrop, keeps }: Identity): string[] {
  const none = keeps === undefined ? '-all' : `-all,+${keeps}`;
  return mayDrop ? [`--bounding-set=${none}`, '--inh-caps=-all'] : ['--inh-caps=-all'];
}
