import { foldEvents } from '../../execution/state.ts';
import type { Event } from '../../protocol/event.ts';
import { cliExit } from '../../protocol/words.ts';
import type { Aggregate } from '../../report/aggregate.ts';
import { createMasker } from '../../shared/mask.ts';
import { aggregateDocument, concludeReport, joinResults, writeReport } from '../run/conclude.ts';
import { concludeSoFar } from '../run/conclude-so-far.ts';
import { writeStateFiles } from '../run/state-writer.ts';
import type { Io, RunCommandLine } from './commands.ts';
import { openStored, type StoredExecution } from './stored-execution.ts';

/** `cortex report`: writes report and state files anew, from the log and the artefacts alone. */
export const reportCommand: RunCommandLine = async (args, { io, environment }) => {
  const [id] = args.positionals;
  const stored = await openStored(args, id, environment);
  try {
    const mask = createMasker(environment.secrets);
    const { events, joined } = await whatIsThere(stored, io);
    const concluded = concludeReport(stored.id, { events, joined, mask });
    const own = [aggregateDocument(joined), concluded.logText];
    const { missing } = await writeReport(concluded, { out: stored.paths.out, blobs: stored.blobs, own, mask });
    if (missing.length > 0)
      io.err(`cortex: ${missing.length} artefacts are not in the store any more: ${missing.join(', ')}\n`);
    writeStateFiles({ out: stored.paths.out, state: foldEvents(stored.id, stored.events), written: new Map(), mask });
    io.out(
      args.has('json')
        ? mask(`${JSON.stringify(concluded.report, null, 2)}\n`)
        : `${stored.paths.report}\n${stored.paths.results}\n`,
    );
    return cliExit.success;
  } finally {
    await stored.close();
  }
};

/** The whole, or, of an execution that has not come to its criteria, what its log shows so far: then it says so. */
async function whatIsThere(
  stored: StoredExecution,
  io: Io,
): Promise<{ readonly events: readonly Event[]; readonly joined: Aggregate }> {
  const state = foldEvents(stored.id, stored.events);
  if (state.criteria) return { events: stored.events, joined: await joinResults(state, stored.blobs) };
  const soFar = await concludeSoFar(stored.id, stored.events, stored.blobs);
  const lost = soFar.missing.length > 0 ? `; the results of ${soFar.missing.join(', ')} are lost` : '';
  io.err(
    `cortex: ${stored.id} has not come to its end: the report shows its log up to event ${state.lastSeq}${lost}\n`,
  );
  return soFar;
}
