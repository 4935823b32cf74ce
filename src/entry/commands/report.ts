import { foldEvents } from '../../execution/state.ts';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { createMasker } from '../../shared/mask.ts';
import { aggregateDocument, concludeReport, joinResults, writeReport } from '../run/conclude.ts';
import { writeStateFiles } from '../run/state-writer.ts';
import type { RunCommandLine } from './commands.ts';
import { openStored } from './stored-execution.ts';

/** `cortex report`: writes report and state files anew, from the log and the artefacts alone. */
export const reportCommand: RunCommandLine = async (args, { io, environment }) => {
  const [id] = args.positionals;
  const stored = openStored(args, id);
  const mask = createMasker(environment.secrets);
  const state = foldEvents(stored.id, stored.events);
  if (!state.criteria) {
    throw problem('not-aggregated', `${stored.id} has not come to its criteria yet`, {
      hint: `Go on with \`cortex run --resume ${stored.id}\`.`,
    });
  }
  const joined = await joinResults(state, stored.blobs);
  const concluded = concludeReport(stored.id, { events: stored.events, joined, mask });
  const own = [aggregateDocument(joined), concluded.logText];
  await writeReport(concluded, { out: stored.paths.out, blobs: stored.blobs, own, mask });
  writeStateFiles({ out: stored.paths.out, state, written: new Map(), mask });
  io.out(
    args.has('json')
      ? mask(`${JSON.stringify(concluded.report, null, 2)}\n`)
      : `${stored.paths.report}\n${stored.paths.results}\n`,
  );
  return cliExit.success;
};
