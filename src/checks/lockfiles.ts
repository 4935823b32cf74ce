/** Names of files that a package manager writes, with the hashes of what it resolved; compared in lower case. */
const lockfileNames = new Set([
  '.terraform.lock.hcl',
  'bun.lock',
  'bun.lockb',
  'cargo.lock',
  'chart.lock',
  'composer.lock',
  'conda-lock.yml',
  'deno.lock',
  'flake.lock',
  'gemfile.lock',
  'go.sum',
  'go.work.sum',
  'gradle.lockfile',
  'mix.lock',
  'module.bazel.lock',
  'npm-shrinkwrap.json',
  'package-lock.json',
  'package.resolved',
  'packages.lock.json',
  'pdm.lock',
  'pipfile.lock',
  'pixi.lock',
  'pnpm-lock.yaml',
  'podfile.lock',
  'poetry.lock',
  'pubspec.lock',
  'pylock.toml',
  'uv.lock',
  'yarn.lock',
]);

/** Whether a path is that of a lockfile, in any folder. */
export function isLockfile(path: string): boolean {
  return lockfileNames.has(path.slice(path.lastIndexOf('/') + 1).toLowerCase());
}
