import { createHash } from 'node:crypto';

/** The folder of the results branch that belongs to Cortex. */
export const resultsRoot = 'coordination';

/** Files that tell of all executions, below `coordination/`. */
export const indexPath = 'index.json';
export const readmePath = 'README.md';
export const lessonsPath = 'lessons.json';

const executionId = 'CORTEX-EXEC-[A-Z0-9-]+';
const planFile = new RegExp(`^execution-plans/(${executionId})-(?:results\\.json|FINAL-REPORT\\.md)$`);
const archiveFile = new RegExp(`^archives/(${executionId})/.`);
const plainName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** The execution that a path below `coordination/` belongs to; undefined for those of all, and of nobody. */
export function executionOfPath(path: string): string | undefined {
  return (planFile.exec(path) ?? archiveFile.exec(path))?.[1];
}

/** Whether a path has the names that an execution gives to its files: no hidden file, nothing that leads elsewhere. */
export function hasPlainNames(path: string): boolean {
  return path.split('/').every((name) => plainName.test(name));
}

/** Where the results of an execution lie below `coordination/`. */
export function resultsFile(id: string): string {
  return `execution-plans/${id}-results.json`;
}

export function reportFile(id: string): string {
  return `execution-plans/${id}-FINAL-REPORT.md`;
}

/** The hash that git gives to a file's content. */
export function gitBlobHash(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
