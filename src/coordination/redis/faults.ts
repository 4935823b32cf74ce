import { bug, errnoOf, messageOf, outside, problem, type CortexError } from '../../shared/errors.ts';
import { printAddress, type StoreAddress } from './address.ts';

/** What went wrong with one try of a command, and what follows from it. */
export type FaultKind =
  /** Trying again may help. */
  | 'passing'
  /** Trying again may help over a new connection: this one leads to a server that takes no writes. */
  | 'elsewhere'
  /** The server does not have the script. */
  | 'no-script'
  | 'no-access'
  | 'full'
  /** The server does not understand what we say: a defect. */
  | 'refused';

export interface Fault {
  readonly kind: FaultKind;
  /** What was seen, in the words of who saw it; never a command with its arguments. */
  readonly seen: string;
  /** Whether the server may have done what it was asked for. */
  readonly mayHaveRun: boolean;
}

const replies: readonly (readonly [RegExp, FaultKind])[] = [
  [/^NOSCRIPT\b/, 'no-script'],
  [/^(?:NOAUTH|WRONGPASS|NOPERM)\b|ACL failure|^ERR DB index/, 'no-access'],
  [/^(?:OOM|MISCONF)\b/, 'full'],
  [/^READONLY\b/, 'elsewhere'],
  [
    /^(?:LOADING|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|BUSY|NOREPLICAS|UNBLOCKED|MOVED|ASK|ERR max number of clients)\b/,
    'passing',
  ],
];

/** Codes of a certificate that is not one to trust: no waiting mends them. */
const untrusted = /^(?:ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|CERT_)/;

/** What the client says where it sent nothing, for want of a connection. */
const unsent = /^(?:Stream isn't writeable|Cluster isn't ready)/;

/** Reads an error of the client: of what the server answers with an error nothing was done; of a lost connection nobody knows. */
export function faultOf(error: unknown): Fault {
  const seen = messageOf(error);
  if (untrusted.test(errnoOf(error) ?? '')) return { kind: 'no-access', seen, mayHaveRun: false };
  const known = replies.find(([pattern]) => pattern.test(seen));
  if (known) return { kind: known[1], seen, mayHaveRun: false };
  if (error instanceof Error && error.name === 'ReplyError') return { kind: 'refused', seen, mayHaveRun: false };
  return { kind: 'passing', seen, mayHaveRun: !unsent.test(seen) };
}

/** The error of a fault that trying again does not mend. The client's own error stays behind: it holds commands and passwords. */
export function errorOf(fault: Fault, address: StoreAddress): CortexError {
  const where = printAddress(address);
  if (fault.kind === 'no-access') {
    return problem('store-access', `The store at ${where} does not let us in, or do this: ${fault.seen}`, {
      hint: `Check database, password, certificate and rights of the user ${address.username ?? 'default'}; docs/redis.md lists the rights of each role.`,
    });
  }
  if (fault.kind === 'full') {
    return outside('store-full', `The store at ${where} takes nothing more: ${fault.seen}`, {
      hint: 'Give it more memory or disk, or remove what is no longer needed; then run the leg again.',
    });
  }
  return bug('store-refused', `The store at ${where} refused a command: ${fault.seen}`);
}

/** The error of a store that could not be reached for as long as we had patience. */
export function unreachable(address: StoreAddress, waitedMs: number, seen: string): CortexError {
  const seconds = Math.round(waitedMs / 100) / 10;
  return outside(
    'store-unreachable',
    `The store at ${printAddress(address)} did not answer for ${seconds} s; last seen: ${seen}`,
    {
      hint: 'Check that it runs and can be reached from here, then run the leg again: it goes on where it was.',
      retryable: true,
    },
  );
}
