import { codeownersPaths, readCodeowners, ruleFor, type Codeowners } from './codeowners.ts';
import { refOf } from './assets.ts';
import type { UnreadFile } from '../../../checks/kubernetes/objects.ts';
import { readText } from '../../../checks/workspace.ts';
import type { Asset } from '../../../protocol/asset.ts';
import type { CatalogSource } from './source.ts';

export interface OwnersFile extends Codeowners {
  readonly path: string;
}

/** The CODEOWNERS file that counts, if the inputs select one. */
export function readOwnersFile(source: CatalogSource): OwnersFile | undefined {
  const path = codeownersPaths.find((candidate) => source.files.some((file) => file.path === candidate));
  if (path === undefined) return undefined;
  const text = readText(source.workspace, path);
  return text === undefined
    ? { path, rules: [], problems: [{ line: 1, reason: 'not UTF-8 text' }] }
    : { path, ...readCodeowners(text) };
}

/** Lines that GitHub would ignore. */
export function unreadOwnerLines(file: OwnersFile): readonly UnreadFile[] {
  return file.problems.map(({ line, reason }) => ({ path: file.path, reason: `line ${line}: ${reason}` }));
}

/** Namespace and name of an owner: `@organisation/team`, `@user` or an address. */
export function ownerIdentity(owner: string): { readonly namespace: string; readonly name: string } {
  if (!owner.startsWith('@')) return { namespace: 'email', name: owner };
  const [first = '', team] = owner.slice(1).split('/');
  return team === undefined ? { namespace: 'user', name: first } : { namespace: first, name: team };
}

/**
 * What CODEOWNERS asserts of a folder. A file of no particular type decides for it: rules about a file type alone
 * (`*.md`) don't make its writers owners of the component.
 */
export function ownershipOf(file: OwnersFile | undefined, folder: string): Pick<Asset, 'owner' | 'relations'> {
  const owners = file && ruleFor(file, folder === '' ? 'file' : `${folder}/file`)?.owners;
  if (file === undefined || owners === undefined || owners.length === 0) return { relations: [] };
  return {
    owner: { name: owners.join(' '), source: file.path },
    relations: owners.map((owner) => {
      const { namespace, name } = ownerIdentity(owner);
      return { type: 'ownedBy', target: refOf('owner', namespace, name) };
    }),
  };
}
