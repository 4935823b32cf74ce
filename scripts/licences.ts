import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

const packages = new Map<string, { readonly licence: string; readonly text: string }>();

/** Remembers each package whose code goes into a bundle. */
export function collectLicences(): Plugin {
  return {
    name: 'collect-licences',
    generateBundle: (_options, bundle) => {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') for (const id of chunk.moduleIds) remember(id);
      }
    },
  };
}

/** The licences of all packages that were bundled, in the order of their names. */
export function licencesText(): string {
  const entries = [...packages].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries
    .map(([name, { licence, text }]) => `${name} (${licence})\n\n${text.trim()}\n\n${'-'.repeat(80)}\n`)
    .join('\n');
}

function remember(moduleId: string): void {
  const directory = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
  if (directory === undefined) return;
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  packages.set(`${manifest.name}@${manifest.version}`, {
    licence: manifest.license ?? 'unknown',
    text: licenceFile(directory),
  });
}

function licenceFile(directory: string): string {
  const file = readdirSync(directory).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined
    ? 'The package ships no licence file; its manifest names the licence.'
    : readFileSync(join(directory, file), 'utf8');
}
