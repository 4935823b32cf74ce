import { labelNodeId, threadNodeId } from '../json/threads.ts';
import { repositoryNodeId } from '../json/repositories.ts';
import { accountNodeId } from '../json/accounts.ts';
import { isVisible } from '../tokens.ts';
import {
  isPull,
  nodeId,
  nodeParts,
  type Account,
  type Label,
  type PullThread,
  type Repository,
  type Team,
  type Thread,
  type World,
} from '../world.ts';
import { accountNode, teamNode } from './account-nodes.ts';
import { refusal } from './connection.ts';
import type { Asker } from './asker.ts';
import { objectNode } from './git-nodes.ts';
import { refNode, repositoryNode } from './repository-nodes.ts';
import { commentNode, labelNode, threadNode } from './thread-nodes.ts';

/** Whatever has this node id; null where nothing has that may be seen. */
export function findNode({ world, token }: Asker, id: string): unknown {
  const account = accountById(world, id);
  if (account) return accountNode(world, account);
  const team = teamById(world, id);
  if (team) return teamNode(team);
  for (const repository of world.repositories.values()) {
    const node = isVisible(token, repository) ? nodeIn(world, repository, id) : null;
    if (node) return node;
  }
  return null;
}

function nodeIn(world: World, repository: Repository, id: string): unknown {
  if (repositoryNodeId(repository) === id) return repositoryNode(world, repository);
  const { kind, parts } = nodeParts(id);
  const [owner = '', rest = ''] = parts;
  if (owner === String(repository.id) && kind === 'REF') return refNode(world, repository, { ref: rest });
  if (owner === String(repository.id) && ['C', 'T', 'B'].includes(kind)) return objectNode(world, repository, rest);
  for (const thread of repository.threads.values()) {
    if (threadNodeId(thread) === id) return threadNode(world, repository, thread);
    const comment = thread.comments.find((each) => nodeId('IC', each.id) === id);
    if (comment) return commentNode(world, repository, { thread, comment });
  }
  const label = [...repository.labels.values()].find((each) => labelNodeId(each) === id);
  return label ? labelNode(world, repository, label) : null;
}

export function repositoryById(world: World, id: string): Repository {
  const found = [...world.repositories.values()].find((each) => repositoryNodeId(each) === id);
  if (!found) throw unresolved(id);
  return found;
}

export function threadById(world: World, id: string): { readonly repository: Repository; readonly thread: Thread } {
  for (const repository of world.repositories.values()) {
    const thread = [...repository.threads.values()].find((each) => threadNodeId(each) === id);
    if (thread) return { repository, thread };
  }
  throw unresolved(id);
}

export function pullById(world: World, id: string): { readonly repository: Repository; readonly thread: PullThread } {
  const { repository, thread } = threadById(world, id);
  if (!isPull(thread)) throw unresolved(id);
  return { repository, thread };
}

export function labelById(repository: Repository, id: string): Label {
  const label = [...repository.labels.values()].find((each) => labelNodeId(each) === id);
  if (!label) throw unresolved(id);
  return label;
}

export function accountById(world: World, id: string): Account | undefined {
  return [...world.accounts.values()].find((each) => accountNodeId(each) === id);
}

export function teamById(world: World, id: string): Team | undefined {
  return world.teams.find((each) => nodeId('T', 'team', each.id) === id);
}

export function unresolved(id: string): Error {
  return refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}
