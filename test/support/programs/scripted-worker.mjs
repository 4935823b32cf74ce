// A worker that follows the protocol and does nothing but what the task's goal says: `tokens=…` to report usage (a goal
// that says nothing reports 100 tokens a letter of the task's name),
// `finding=…` and `change=…` to return one, `lose=N` to ask for another try (exit 75) in its first N attempts, `fail` to end with exit 70, `wait=ms`.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { openBlobs, sha256 } from './worker-blobs.mjs';

const { get, put } = await openBlobs(process.env.CORTEX_STORE, process.env.CORTEX_EXECUTION);

process.stdin.resume();
process.stdin.on('end', () => process.exit(75));

const task = JSON.parse(await get(process.env.CORTEX_TASK));
const orders = new Map(task.goal.split(/\s+/).map((word) => [word.split('=')[0], word.split('=')[1] ?? '']));
await new Promise((resolve) => setTimeout(resolve, Number(orders.get('wait') ?? 0)));

const snapshot = JSON.parse(await get(task.workspace));
const tokens = Number(orders.get('tokens') ?? 100 * task.task.length);
const usage = {
  inputTokens: tokens,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  microDollars: tokens,
};
const evidenceText = `{"task":${JSON.stringify(task.task)}}`;
const evidence = {
  sha256: await put(evidenceText),
  title: `Output of ${task.task}`,
  mediaType: 'application/json',
  bytes: evidenceText.length,
};
const result = {
  v: 1,
  status: 'done',
  summary: `${task.task} did as it was told`,
  findings: [],
  silenced: [],
  assets: [],
  changes: [],
  reviews: [],
  unread: [],
  usage,
  measurements: [{ name: 'scripted.value', value: 1, unit: 'count', subject: task.task, evidence: evidence.sha256 }],
  evidence: [evidence],
};
if (orders.has('finding')) {
  result.findings.push({
    fingerprint: sha256(`${task.task} ${orders.get('finding')}`),
    ruleId: 'scripted/finding',
    tool: { name: 'scripted', version: '1' },
    severity: orders.get('finding'),
    confidence: 'high',
    subject: task.task,
    message: 'A finding by order',
    remedy: 'None',
    basis: 'measured',
  });
}
if (orders.has('change')) {
  const gone = sha256(`gone ${task.task}`);
  result.changes.push({
    fingerprint: sha256(`change ${task.task}`),
    title: `Change by ${task.task}`,
    capability: task.capability,
    engine: 'deterministic',
    baseCommit: snapshot.commit,
    files: [
      { path: 'README.md', mode: '100644', before: sha256('a'), after: sha256('b'), addedLines: 1, removedLines: 1 },
    ],
    patch: '--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-a\n+b\n',
    proof: {
      tool: 'scripted',
      before: { findings: 1, evidence: evidence.sha256 },
      after: { findings: 0, evidence: evidence.sha256 },
      gone: [gone],
      introduced: [],
    },
    pullRequest: { branchSlug: task.task, title: `fix: ${task.task}`, body: 'By order.' },
  });
}
for (const need of task.upstream) {
  const upstream = JSON.parse(await get(need.result));
  if (task.capability === 'change')
    for (const change of upstream.changes)
      result.reviews.push({
        change: change.fingerprint,
        verdict: 'approve',
        gates: [{ gate: 'scripted', passed: true, detail: 'by order' }],
      });
}

const ends = task.attempt <= Number(orders.get('lose') ?? 0) ? 75 : orders.has('fail') ? 70 : 0;
const envelope = {
  v: 1,
  worker: process.env.CORTEX_WORKER,
  attempt: task.attempt,
  status: ends === 0 ? 'done' : 'failed',
  exitCode: ends,
  result: ends === 0 ? await put(JSON.stringify(result)) : null,
  usage,
  resources: { cpuMs: 1, peakBytes: 1 },
};
const path = process.env.CORTEX_TERMINATION_PATH;
mkdirSync(dirname(path), { recursive: true });
writeFileSync(`${path}.tmp`, JSON.stringify(envelope));
renameSync(`${path}.tmp`, path);
process.stdout.write(`${task.task} attempt ${task.attempt} exits ${ends}\n`);
process.exit(ends);
