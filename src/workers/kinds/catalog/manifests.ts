import { fieldsOf, isFields, textOf } from '../../../checks/kubernetes/fields.ts';

/** What a manifest's folder holds; paths are relative to it. */
export interface ManifestFolder {
  readonly has: (path: string) => boolean;
  /** Names of the files that lie in the folder itself. */
  readonly names: readonly string[];
  /** Whether a folder lies at or below `prefix`, with a file of that name in it unless the name is empty. */
  readonly hasBelow: (prefix: string, name: string) => boolean;
  /** Text of a file of the folder; undefined where there is none. */
  readonly text: (name: string) => string | undefined;
}

interface ManifestKind {
  readonly language: string;
  readonly isManifest: (name: string) => boolean;
  /** Whether something starts or is used from here: a manifest alone (a workspace root, a test project) is no component. */
  readonly hasEntryPoint: (folder: ManifestFolder, manifest: string) => boolean;
}

const named =
  (...names: readonly string[]): ((name: string) => boolean) =>
  (name) =>
    names.includes(name);
const hasAny =
  (...paths: readonly string[]): ManifestKind['hasEntryPoint'] =>
  (folder) =>
    paths.some(folder.has);

/** The manifests that are known, by language; a new one is one row. */
const manifestKinds: readonly ManifestKind[] = [
  { language: 'JavaScript', isManifest: named('package.json'), hasEntryPoint: packageHasEntryPoint },
  {
    language: 'Go',
    isManifest: named('go.mod'),
    hasEntryPoint: (folder) =>
      folder.hasBelow('cmd', 'main.go') ||
      folder.names.some((name) => name.endsWith('.go') && /^package main\b/m.test(folder.text(name) ?? '')),
  },
  {
    language: 'Python',
    isManifest: named('pyproject.toml', 'requirements.txt', 'setup.py', 'setup.cfg', 'Pipfile'),
    hasEntryPoint: (folder, manifest) =>
      hasAny('__main__.py', 'main.py', 'app.py', 'server.py', 'manage.py', 'wsgi.py', 'asgi.py')(folder, manifest) ||
      /^\[project\.(?:scripts|gui-scripts)\]|^\[tool\.poetry\.scripts\]/m.test(folder.text('pyproject.toml') ?? '') ||
      folder.names.some((name) => name.endsWith('.py') && (folder.text(name) ?? '').includes('__name__ ==')),
  },
  {
    language: 'Rust',
    isManifest: named('Cargo.toml'),
    hasEntryPoint: (folder) => hasAny('src/main.rs', 'src/lib.rs')(folder, '') || folder.hasBelow('src/bin', ''),
  },
  {
    language: 'Java',
    isManifest: named('pom.xml', 'build.gradle', 'build.gradle.kts'),
    hasEntryPoint: (folder) =>
      ['java', 'kotlin', 'scala', 'groovy'].some((language) => folder.hasBelow(`src/main/${language}`, '')),
  },
  {
    language: 'C#',
    isManifest: (name) => name.endsWith('.csproj'),
    hasEntryPoint: (folder, manifest) =>
      folder.has('Program.cs') ||
      /Sdk="Microsoft\.NET\.Sdk\.(?:Web|Worker)"|<OutputType>(?:Win)?Exe</i.test(folder.text(manifest) ?? ''),
  },
  {
    language: 'PHP',
    isManifest: named('composer.json'),
    hasEntryPoint: hasAny('index.php', 'public/index.php', 'artisan', 'bin/console'),
  },
  {
    language: 'Ruby',
    isManifest: (name) => name === 'Gemfile' || name.endsWith('.gemspec'),
    hasEntryPoint: (folder, manifest) =>
      manifest.endsWith('.gemspec') || hasAny('config.ru', 'bin/rails', 'app.rb', 'main.rb')(folder, manifest),
  },
];

/** The kind of manifest that a file name stands for, if any. */
export function manifestKindOf(name: string): ManifestKind | undefined {
  return manifestKinds.find(({ isManifest }) => isManifest(name));
}

/** True for the names under which container builds keep their recipe. */
export function isDockerfile(name: string): boolean {
  return /^(?:Dockerfile|Containerfile)(?:\.[\w.-]{1,60})?$/.test(name) || /\.(?:Dockerfile|dockerfile)$/.test(name);
}

/** A package that names what starts it or what others import. */
function packageHasEntryPoint(folder: ManifestFolder): boolean {
  const manifest = fieldsOf(parseJson(folder.text('package.json') ?? ''));
  const declared = ['main', 'module', 'exports', 'bin', 'browser'].some((key) => manifest[key] !== undefined);
  const starts = isFields(manifest['scripts']) && textOf(manifest['scripts']['start'], 10_000) !== undefined;
  return (
    declared ||
    starts ||
    ['index.js', 'index.mjs', 'index.ts', 'server.js', 'src/index.ts', 'src/index.js'].some(folder.has)
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
