import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // GitHub's own parser imports JSON without an attribute: only a bundler can load it.
    server: { deps: { inline: [/@actions\//] } },
  },
});
