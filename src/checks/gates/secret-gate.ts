import type { FilePatch } from '../../shared/unified-diff.ts';
import { assignedSecrets, knownSecrets } from '../secrets/secrets-in-text.ts';
import { gateResult, type ChangeUnderReview, type Gate } from './gate.ts';

/**
 * No credential in what a pull request would show: known formats in added lines, context and words; values under
 * telling names in added lines. Lines that go may hold one: removing it must stay possible.
 */
export const noSecrets: Gate = (review) => {
  const wrong = [...review.files.flatMap(secretsOfFile), ...secretsOfWords(review)];
  const all = review.unreadable === undefined ? wrong : [...wrong, review.unreadable];
  return gateResult('no-secrets', [...new Set(all)], 'no credential in the patch or its words');
};

function secretsOfFile(file: FilePatch): readonly string[] {
  const shown = knownSecrets(textOf(file, ['+', ' ']));
  const added = assignedSecrets(textOf(file, ['+']), file.path);
  return [...shown, ...added].map((secret) => `${secret.title} in ${file.path}`);
}

function secretsOfWords({ change }: ChangeUnderReview): readonly string[] {
  const { title, body, branchSlug } = change.pullRequest;
  return knownSecrets([change.title, title, body, branchSlug].join('\n')).map(
    (secret) => `${secret.title} in the words of the change`,
  );
}

function textOf(file: FilePatch, signs: readonly string[]): string {
  const lines = file.hunks.flatMap((hunk) => hunk.lines).filter((line) => signs.includes(line.charAt(0)));
  return lines.map((line) => line.slice(1)).join('\n');
}
