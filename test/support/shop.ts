/** A small shop: something for every kind of worker to find, catalogue and fix. */
export const shopFiles: Readonly<Record<string, string>> = {
  'README.md': '# Shop\n\nSee [the guide](docs/guide.md) and [what is gone](docs/gone.md).\n',
  'docs/guide.md': '# Guide\n\nRun `npm test`.\n',
  'package.json': '{ "name": "shop", "version": "1.0.0", "scripts": { "test": "node --test" } }\n',
  'src/cart.js': `export function total(items) {
  let sum = 0;
  for (const item of items) {
    if (item.price > 0) {
      if (item.count > 1) sum += item.price * item.count;
      else sum += item.price;
    }
  }
  return sum;
}
`,
  'test/cart.test.js':
    "import test from 'node:test';\nimport { total } from '../src/cart.js';\ntest('sums', () => total([]));\n",
  '.github/workflows/ci.yml': `name: ci
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm test
`,
  'deploy/shop.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - { name: shop, image: example.com/shop:latest }
`,
};
