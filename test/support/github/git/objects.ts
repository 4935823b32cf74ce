import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

/** Objects of a repository, as loose files that git itself reads too. */
export interface Objects {
  readonly write: (type: ObjectType, bytes: Buffer) => string;
  /** Undefined where there is none; what git has packed is not found, so nothing here is ever packed. */
  readonly read: (sha: string) => GitObject | undefined;
}

/** Larger ones are read from their file each time. */
const rememberedBytes = 4_194_304;

export function looseObjects(folder: string): Objects {
  const known = new Map<string, GitObject>();
  const fileOf = (sha: string): string => join(folder, sha.slice(0, 2), sha.slice(2));
  const remember = (sha: string, object: GitObject): void => {
    if (object.bytes.length <= rememberedBytes) known.set(sha, object);
  };
  return {
    write: (type, bytes) => {
      const header = Buffer.from(`${type} ${bytes.length}\0`);
      const sha = createHash('sha1').update(header).update(bytes).digest('hex');
      if (known.has(sha)) return sha;
      const file = fileOf(sha);
      if (!existsSync(file)) {
        mkdirSync(join(folder, sha.slice(0, 2)), { recursive: true });
        writeFileSync(`${file}.part`, deflateSync(Buffer.concat([header, bytes]), { level: 1 }));
        renameSync(`${file}.part`, file);
      }
      remember(sha, { type, bytes });
      return sha;
    },
    read: (sha) => {
      const remembered = known.get(sha);
      if (remembered) return remembered;
      if (!/^[0-9a-f]{40}$/.test(sha) || !existsSync(fileOf(sha))) return undefined;
      const whole = inflateSync(readFileSync(fileOf(sha)));
      const end = whole.indexOf(0);
      const type = whole.subarray(0, whole.indexOf(0x20)).toString() as ObjectType;
      const object = { type, bytes: whole.subarray(end + 1) };
      remember(sha, object);
      return object;
    },
  };
}
