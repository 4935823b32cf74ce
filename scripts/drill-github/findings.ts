import { gunzipSync } from 'node:zlib';
import { sarifOf } from '../../src/report/publish/sarif.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { openDoor } from '../../test/report/publish/door-story.ts';
import { startFakeGitHub } from '../../test/support/github/fake-github.ts';
import { findingWith } from '../../test/support/report-parts.ts';
import { reportWith } from '../../test/support/report.ts';
import { claim, count, outcomeOf } from './claim.ts';

const mostResults = 25_000;
const mostBytes = 10_000_000;

/** More findings than code scanning takes, and findings with more words than it takes. */
export async function drillFindings(): Promise<readonly string[]> {
  return [await drill('short', mostResults + 1, 0), await drill('wordy', mostResults, 900)];
}

async function drill(name: string, findings: number, words: number): Promise<string> {
  const fake = await startFakeGitHub();
  try {
    const [door, shop] = [openDoor(fake), fake.repository()];
    const report = { ...reportWith(), findings: findingsOf(findings, words), silenced: [] };
    const { text, results, leftOut } = sarifOf(report, { version: '1' });
    const order = { commit: shop.head('main') ?? '', ref: 'refs/heads/main', sarif: text };
    const outcome = await outcomeOf(door.uploadSarif(order));
    claim(outcome === 'done' && shop.sarifs().length === 1, 'the findings are taken', outcome);
    claim(results + leftOut === findings && leftOut > 0, 'what is left out is counted', [results, leftOut]);
    const packed = Buffer.from(sentBy(fake), 'base64');
    claim(packed.length <= mostBytes, 'the file fits', packed.length);
    claim(gunzipSync(packed).toString() === text, 'it is what was written');
    return `${count(findings)} ${name} findings: ${count(results)} of ${count(mostResults)} in ${count(packed.length)} of ${count(mostBytes)} bytes, ${count(leftOut)} left out`;
  } finally {
    await fake.close();
  }
}

function sentBy({ log }: Awaited<ReturnType<typeof startFakeGitHub>>): string {
  const sent = log.all().find(({ path }) => path.includes('/code-scanning/sarifs'))?.body;
  return (sent as { readonly sarif?: string } | undefined)?.sarif ?? '';
}

/** Words that no compression makes much shorter: hexadecimal of hashes. */
function findingsOf(findings: number, words: number): ReturnType<typeof reportWith>['findings'] {
  return Array.from({ length: findings }, (_, index) => {
    const pieces = Array.from({ length: Math.ceil(words / 64) }, (__, piece) => sha256(`${index} ${piece}`));
    return {
      ...findingWith({ fingerprint: sha256(`finding ${index}`), message: `Finding ${index} ${pieces.join(' ')}` }),
      task_id: 'scan',
    };
  });
}
