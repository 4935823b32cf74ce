import { fileURLToPath } from 'node:url';

/**
 * The worker bundle. In `dist/` this module lies in `lib/`, one folder below the bundle; run from its source, it finds
 * the same bundle in the project's `dist/`.
 */
export function bundledWorker(): string {
  return bundled('worker.mjs');
}

/** What a pod runs first, beside the worker bundle. */
export function bundledPodStart(): string {
  return bundled('pod-start.mjs');
}

function bundled(file: string): string {
  const fromSource = import.meta.url.endsWith('/src/entry/bundle.ts');
  return fileURLToPath(new URL(fromSource ? `../../dist/${file}` : `../${file}`, import.meta.url));
}
