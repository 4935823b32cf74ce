import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vitest/config';
import { closingLine } from './test/support/closing-line.ts';

/** GitHub's packages name source maps whose sources they don't ship; each would be a warning. */
const withoutVendorMaps: Plugin = {
  name: 'without-vendor-maps',
  enforce: 'pre',
  load: (id) =>
    /\/node_modules\/@actions\/.*\.js$/.test(id)
      ? readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')
      : undefined,
};

export default defineConfig({
  plugins: [withoutVendorMaps],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/start-stores.ts'],
    isolate: false,
    reporters: ['default', closingLine],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { inline: [/@actions\//] } },
  },
});
