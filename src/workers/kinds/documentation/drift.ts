import { posix } from 'node:path';
import { isForeign } from '../../../checks/complexity/code-paths.ts';
import { readMarkdown, type MarkdownDocument } from '../../../checks/markdown/read-markdown.ts';
import { readText, selectFiles, type Workspace } from '../../../checks/workspace.ts';
import { messageOf } from '../../../shared/errors.ts';
import type { Perform } from '../../work.ts';
import { checkCommands } from './check-commands.ts';
import { checkLinks } from './check-links.ts';
import { checkPaths } from './check-paths.ts';
import { driftFindings, type Checked } from './drift-findings.ts';
import { projectsOf, remembered } from './projects.ts';
import { treeOf } from './tree.ts';

interface CheckedDocument extends Checked {
  readonly path: string;
}

const markdownName = /\.(?:md|markdown)$/i;
/** What these say was true once: only their links must hold today. */
const historyName = /^(?:changelog|changes|history|news|releases?|release[-_]notes|migrat\w{1,5}|upgrad\w{1,4})\b/i;
const mostFindings = 500;

/**
 * Finds what documentation says that the tree does not bear out: dead links, anchors and images, paths that are gone,
 * commands whose script or target is unknown. Links that leave the repository are counted and never fetched.
 */
export const findDrift: Perform<'documentation-worker', 'drift'> = async (context) => {
  const { workspace, inputs } = context;
  const documents = selectFiles(workspace, inputs.paths).filter(
    ({ path }) => markdownName.test(path) && !isForeign(path),
  );
  const { checked, unread } = checkAll(
    workspace,
    documents.map(({ path }) => path),
  );
  const findings = checked.flatMap(({ path, drifts }) => driftFindings(path, drifts));
  const totals = {
    'docs.files': checked.length,
    'docs.links': sum(checked.map(({ links }) => links)),
    'docs.external-links': sum(checked.map(({ external }) => external)),
    'docs.dead': findings.length,
  };
  const evidence = await context.keepEvidence('Documents and what they say', 'application/json', {
    totals,
    documents: checked,
  });
  return {
    summary: summaryOf(totals, Math.min(findings.length, mostFindings)),
    findings: findings.slice(0, mostFindings),
    measurements: Object.entries(totals).map(([name, value]) => ({
      name,
      value,
      unit: units[name as keyof Totals],
      subject: workspace.repository,
      evidence,
    })),
    unread,
  };
};

const units = { 'docs.files': 'files', 'docs.links': 'links', 'docs.external-links': 'links', 'docs.dead': 'findings' };
type Totals = { readonly [Name in keyof typeof units]: number };

/** Reads each document once, however many link to it, and checks all that it says. */
function checkAll(workspace: Workspace, paths: readonly string[]) {
  const read = remembered((path) => readDocument(workspace, path));
  const tree = treeOf(workspace);
  const projects = projectsOf(workspace, tree);
  const repositoryName = posix.basename(workspace.repository);
  const anchorsOf = (path: string): ReadonlySet<string> | undefined => {
    const document = markdownName.test(path) && tree.kindOf(path) === 'file' ? read(path) : undefined;
    return document !== undefined && 'anchors' in document ? document.anchors : undefined;
  };
  const checked: CheckedDocument[] = [];
  const unread: { path: string; reason: string }[] = [];
  for (const path of paths) {
    const document = read(path);
    if ('reason' in document) unread.push({ path, reason: document.reason });
    else {
      const place = { document: path, tree, anchorsOf, projects, repositoryName };
      const links = checkLinks(document, place);
      const isHistory = historyName.test(posix.basename(path));
      const said = isHistory ? [] : [...checkPaths(document, place), ...checkCommands(document, place)];
      checked.push({ path, ...links, drifts: [...links.drifts, ...said] });
    }
  }
  return { checked, unread };
}

function readDocument(workspace: Workspace, path: string): MarkdownDocument | { readonly reason: string } {
  const text = readText(workspace, path);
  if (text === undefined) return { reason: 'not UTF-8 text' };
  try {
    return readMarkdown(text);
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function summaryOf(totals: Totals, listed: number): string {
  const { 'docs.files': files, 'docs.links': links, 'docs.external-links': external, 'docs.dead': dead } = totals;
  const shown = listed < dead ? `, ${listed} of them listed` : '';
  return `${dead} statements that do not hold${shown} in ${files} documents with ${links} links into the repository; ${external} links that lead out of it were not checked`;
}
