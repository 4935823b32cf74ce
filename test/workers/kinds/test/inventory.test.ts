import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testLanguages } from '../../../../src/workers/kinds/test/test-languages.ts';
import { take } from '../../../support/inventory-world.ts';

describe('inventoryTests finds modules that no test names', () => {
  it.each([
    [
      'by import',
      { 'src/a.ts': 'x', 'src/b.ts': 'x', 'test/x.test.ts': "import { a } from '../src/a.ts';\nit('x');" },
      ['src/b.ts'],
    ],
    ['by the .js name of an import', { 'src/a.ts': 'x', 'x.test.ts': "import './src/a.js';\nit('x');" }, []],
    ['by the folder of an index', { 'src/a/index.ts': 'x', 'x.test.ts': "import './src/a';\nit('x');" }, []],
    [
      'by an alias',
      { 'src/lib/a.ts': 'x', 'src/lib/b.ts': 'x', 'x.test.ts': "import '@/lib/a';\nit('x');" },
      ['src/lib/b.ts'],
    ],
    ['by file name', { 'src/a.ts': 'x', 'src/a.test.ts': "it('x');" }, []],
    ['not by a comment', { 'src/a.ts': 'x', 'x.test.ts': "// import './src/a.ts';\nit('x');" }, ['src/a.ts']],
    [
      'by Python import',
      {
        'app/a.py': 'x = 1',
        'app/b.py': 'x = 1',
        'app/c.py': 'x = 1',
        'tests/test_x.py': 'from app.a import x\nimport app.b\ndef test_x(): pass',
      },
      ['app/c.py'],
    ],
    [
      'by a name imported from a package',
      { 'app/a.py': 'x = 1', 'tests/test_x.py': 'from app import (\n  a,\n)\ndef test_x(): pass' },
      [],
    ],
    [
      'by Go package',
      { 'a/a.go': 'package a', 'b/b.go': 'package b', 'a/x_test.go': 'func TestX(t *testing.T) {}' },
      ['b/b.go'],
    ],
    ['by Rust cases of their own', { 'src/a.rs': '#[test]\nfn a() {}', 'src/b.rs': 'fn b() {}' }, ['src/b.rs']],
    [
      'by type',
      {
        'src/main/A.java': 'class A {}',
        'src/main/B.java': 'class B {}',
        'src/test/XTest.java': '@Test void x() { new A(); }',
      },
      ['src/main/B.java'],
    ],
    ['by C# type', { 'src/Cart.cs': 'class Cart {}', 'tests/X.cs': '[Fact]\npublic void X() { new Cart(); }' }, []],
    [
      'by Ruby constant',
      {
        'lib/shopping_cart.rb': 'class ShoppingCart\nend',
        'spec/x_spec.rb': 'describe ShoppingCart do\n it("x") {}\nend',
      },
      [],
    ],
  ] as const)('%s', async (_how, files, untested) => {
    expect((await take(files)).untested).toEqual(untested);
  });

  it('leaves out what no test is written for', async () => {
    const { values } = await take({
      'vitest.config.ts': 'x',
      'src/types.d.ts': 'x',
      'src/empty.ts': '// nothing\n',
      'examples/a.ts': 'x',
      'node_modules/a/index.js': 'x',
      'src/a.pb.go': 'package a',
      'src/real.ts': 'x',
    });
    expect(values).toMatchObject({ 'modules.total': 1, 'modules.untested': 1 });
  });

  it('lists fifty of them, and says how many there are', async () => {
    const files = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`src/m${index}.ts`, 'x']));
    const { untested, summary } = await take(files);
    expect(untested).toHaveLength(50);
    expect(summary).toContain('51 of 51 modules named by no test, 50 of them listed');
  });
});

describe('inventoryTests', () => {
  it('names what it could not read', async () => {
    const { unread } = await take({ 'src/a.ts': new Uint8Array([0xff, 0xfe, 0x41]) });
    expect(unread).toEqual([{ path: 'src/a.ts', reason: 'not UTF-8 text' }]);
  });

  it('counts any text, and never more skipped than cases', () => {
    const piece = fc.constantFrom(
      "it('",
      'describe.skip(',
      'def test_a',
      '@Test ',
      '#[test]',
      '[Fact]',
      'func TestA(t *testing.T) {',
      'class A',
      '{',
      '}',
      '\n',
      '  ',
      'void a(',
      "xit 'a' do",
      '\tt.Skip()',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 60 }), (pieces) => {
        for (const { count } of Object.values(testLanguages)) {
          const { cases, skipped, parametrised } = count(pieces.join('').split('\n'));
          expect(skipped).toBeLessThanOrEqual(cases);
          expect(parametrised).toBeLessThanOrEqual(cases);
        }
      }),
    );
  });

  it('counts a mebibyte on one line within a second', () => {
    for (const [name, { count }] of Object.entries(testLanguages)) {
      for (const text of [
        'it.skip',
        'a',
        '@a.',
        '[a,',
        '#[a',
        'a ',
        '{',
        'new a(',
        "it('",
        'describe.a',
        'def ',
        '    ',
      ]) {
        const line = text.repeat(Math.ceil(2 ** 20 / text.length));
        const start = performance.now();
        count([line]);
        expect(performance.now() - start, `${name} ${text}`).toBeLessThan(1000);
      }
    }
  }, 60_000);
});
