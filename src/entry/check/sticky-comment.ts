import type { HostComment } from '../../protocol/code-host.ts';
import { isSameText } from '../../report/publish/text/same-text.ts';
import { readMarkers, writeMarker } from '../../shared/marker.ts';

/** The code host, as far as the one comment of a check needs it. */
export interface CommentHost {
  readonly readComments: (issue: number) => Promise<readonly HostComment[]>;
  readonly writeComment: (order: {
    readonly issue: number;
    readonly id: number | null;
    readonly body: string;
  }) => Promise<{ readonly url: string }>;
}

const kind = 'plan-check';

/**
 * Keeps one comment on a pull request: found by its marker and its author, updated in place where it differs, and made where
 * there is none. Of several, as two runs at the same moment can make them, the oldest is kept current.
 */
export async function keepComment(
  host: CommentHost,
  order: {
    readonly pullRequest: number;
    /** Login that the token speaks as: what others have written is left alone, whatever it says. */
    readonly login: string;
    readonly markdown: string;
    readonly digest: string;
    readonly isTruncated: boolean;
  },
): Promise<'written' | 'updated' | 'unchanged'> {
  const { pullRequest: issue, login, markdown, digest, isTruncated } = order;
  const body = `${markdown.trimEnd()}\n\n${writeMarker(kind, { digest, truncated: isTruncated })}`;
  const own = (await host.readComments(issue)).find(
    (comment) => comment.author.login === login && readMarkers(comment.body, kind).length > 0,
  );
  if (isSameText(own?.body, body)) return 'unchanged';
  await host.writeComment({ issue, id: own?.id ?? null, body });
  return own === undefined ? 'written' : 'updated';
}
