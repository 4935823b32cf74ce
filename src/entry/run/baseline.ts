import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assetListSchema, type AssetList } from '../../protocol/report.ts';
import { readTextIfPresent } from '../../shared/files.ts';

/** The assets of the last execution whose list lies in the archives; undefined where there is none. */
export function readBaseline(out: string, ownId: string): AssetList | undefined {
  const lists = archived(out)
    .filter((id) => id !== ownId)
    .flatMap((id) => readList(join(out, 'archives', id, 'assets.json')));
  return lists.sort((a, b) => (a.completed_at < b.completed_at ? -1 : 1)).at(-1);
}

function archived(out: string): readonly string[] {
  try {
    return readdirSync(join(out, 'archives'));
  } catch {
    return [];
  }
}

/** A list that can't be read is as good as none: it's a projection, and its loss must not stop a run. */
function readList(path: string): readonly AssetList[] {
  const text = readTextIfPresent(path);
  if (text === undefined) return [];
  try {
    return [assetListSchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
