import { parsePlan, type ParsedPlan } from '../../plan/parse.ts';
import type { EventData } from '../../protocol/event.ts';
import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';

/**
 * The plan that an execution began with, from the artefact that its log names. A log says which digest its plan has, and the
 * plan must have it: whoever handed the log on could have written another. Throws `plan-outdated`, `plan-differs`.
 */
export async function planOfLog(
  id: string,
  { blob, file, digest }: EventData<'execution.started'>['plan'],
  getBlob: (hash: string) => Promise<Uint8Array>,
): Promise<ParsedPlan & { readonly text: string }> {
  const text = Buffer.from(await getBlob(blob)).toString('utf8');
  const parsed = parsePlan(text, file);
  if ('problems' in parsed) {
    throw problem('plan-outdated', `The plan of ${id} is not valid for this version of Cortex`, {
      hint: 'Use the version that ran it, or start it anew.',
    });
  }
  if (parsed.digest === digest) return { ...parsed, text };
  throw problem('plan-differs', `The plan of ${id} has the digest ${parsed.digest}, and its log says ${digest}`, {
    hint: 'Its log was changed, or it ran with another version of Cortex: start it anew.',
  });
}

/** What people have seen, and perhaps approved, is what may run and be published. Throws `digest-differs`. */
export function checkDigest(args: CommandLine, digest: string): void {
  const agreed = args.text('digest');
  if (agreed === undefined || agreed === digest) return;
  throw problem(
    'digest-differs',
    `The plan has the digest ${digest}, and what was agreed on is ${agreed.slice(0, 80)}`,
    {
      hint: 'The plan was edited in between: have it checked and approved anew.',
    },
  );
}
