import { describe, expect, it } from 'vitest';
import { take } from '../../../support/inventory-world.ts';

async function counts(path: string, text: string) {
  const { values } = await take({ [path]: text });
  return { cases: values['tests.cases'], skipped: values['tests.skipped'] };
}

const suites: readonly (readonly [string, string, string, number, number])[] = [
  ['it and test', 'a.test.ts', "describe('x', () => {\n  it('a', f);\n  test(`b`, f);\n});\n", 2, 0],
  [
    'no comment and no literal',
    'a.test.ts',
    "// it('a')\n/* test('b') */\nconst s = \"it('c')\";\nit('d', f);\n",
    1,
    0,
  ],
  [
    'no method and no function of that name',
    'a.test.ts',
    "/x/.test('a');\na.it('b');\nfunction it(c) {}\nit('d', f);\n",
    1,
    0,
  ],
  [
    'skips of every spelling',
    'a.spec.js',
    "it.skip('a');\nxit('b');\nxtest('c');\ntest.todo('d');\ntest.concurrent.skip('e');\nit('f');\n",
    6,
    5,
  ],
  [
    'cases below a skipped group',
    'a.test.ts',
    "describe.skip('x', () => {\n  it('a');\n  it('b');\n});\nit('c');\n",
    3,
    2,
  ],
  ['a table as one case', 'a.test.ts', "it.each([1, 2, 3])('a %d', f);\ntest.each`x`('b', f);\n", 2, 0],
  [
    'a conditional skip as no skip',
    'a.test.ts',
    "it.skipIf(ci)('a', f);\ntest('b', () => { test.skip(ci, 'why'); });\n",
    2,
    0,
  ],
  [
    'hooks and steps as no cases',
    'a.test.ts',
    "test.beforeEach(f);\ntest.step('a', f);\ntest.describe('b', () => {\n  test('c', f);\n});\n",
    1,
    0,
  ],
  ['a title on the next line', 'a.test.ts', "it.skip(\n  'a',\n  f,\n);\n", 1, 1],
  [
    'Python functions and methods',
    'test_a.py',
    'def test_a():\n    pass\n\nclass TestB:\n    def test_b(self):\n        pass\n    def helper(self):\n        pass\n',
    2,
    0,
  ],
  [
    'Python skips',
    'test_a.py',
    '@pytest.mark.skip(reason="x")\ndef test_a(): pass\n@unittest.skip("y")\nclass TestB:\n    def test_b(self): pass\n    def test_c(self): pass\ndef test_d(): pass\n',
    4,
    3,
  ],
  ['a conditional Python skip as no skip', 'test_a.py', '@pytest.mark.skipif(x)\ndef test_a(): pass\n', 1, 0],
  ['Python literals', 'test_a.py', 's = """\ndef test_a(): pass\n"""\n# def test_b(): pass\n', 0, 0],
  [
    'Go tests',
    'a_test.go',
    'func TestA(t *testing.T) {\n\tt.Run("x", f)\n}\nfunc TestMain(m *testing.M) {}\nfunc Testing(t *testing.T) {}\nfunc BenchmarkA(b *testing.B) {}\nfunc FuzzA(f *testing.F) {}\nfunc ExampleA() {}\n',
    3,
    0,
  ],
  [
    'Go skips, but not those under a condition',
    'a_test.go',
    'func TestA(t *testing.T) {\n\tt.Skip("x")\n}\nfunc TestB(t *testing.T) {\n\tif short {\n\t\tt.Skip()\n\t}\n}\n',
    2,
    1,
  ],
  [
    'Rust tests in a module',
    'src/a.rs',
    '#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() {}\n    #[test]\n    #[ignore]\n    fn b() {}\n    #[tokio::test]\n    async fn c() {}\n    fn d() {}\n}\n',
    3,
    1,
  ],
  [
    'JUnit',
    'src/test/java/ATest.java',
    'class ATest {\n  @Test void a() {}\n  @Disabled("x")\n  @Test\n  public void b() throws Exception {\n  }\n  @ParameterizedTest\n  @ValueSource(ints = {1, 2})\n  void c(int x) {}\n  void d() {}\n}\n',
    3,
    1,
  ],
  [
    'a disabled JUnit class',
    'ATest.java',
    '@Disabled\nclass ATest\n{\n  @Test\n  void a() {}\n}\nclass B {\n  @Test\n  void b() {}\n}\n',
    2,
    1,
  ],
  ['Kotlin', 'ATest.kt', 'class ATest {\n  @Test fun `a b`() {}\n  @Ignore @Test fun c() {}\n}\n', 2, 1],
  [
    'xUnit and NUnit',
    'ATests.cs',
    'public class ATests\n{\n    [Fact]\n    public async Task A() { }\n    [Fact(Skip = "x")]\n    public void B() { }\n    [TestCase(1)]\n    [TestCase(2)]\n    public void C(int x) { }\n    [Ignore("y"), Test]\n    public void D() { }\n}\n',
    4,
    2,
  ],
  [
    'RSpec',
    'a_spec.rb',
    "RSpec.describe A do\n  it 'a' do\n  end\n  xit('b') {}\n  it { is_expected.to x }\n  xcontext 'c' do\n    it 'd' do\n    end\n  end\nend\n",
    4,
    2,
  ],
  ['minitest', 'test_a.rb', 'def test_a\nend\ndef test_b\n  skip "x"\nend\ndef test_c\n  skip "x" if y\nend\n', 3, 1],
];

describe('inventoryTests counts', () => {
  it.each(suites)('%s', async (...[, path, text, cases, skipped]) => {
    expect(await counts(path, text)).toEqual({ cases, skipped });
  });

  it('a file with cases as one suite, and support without cases as none', async () => {
    const { values, evidence } = await take({ 'test/a.test.ts': "it('a');", 'test/support.ts': 'export const a = 1;' });
    expect(values['tests.suites']).toBe(1);
    expect(evidence.suites).toMatchObject([
      { path: 'test/a.test.ts', language: 'javascript', cases: 1, parametrised: 0 },
    ]);
  });

  it('says in the evidence how cases were told', async () => {
    const { evidence } = await take({ 'a_test.go': 'package a\n' });
    expect(evidence.counting).toHaveProperty('go');
  });
});

describe('inventoryTests finds focused tests', () => {
  it.each([
    ['a.test.ts', "describe('x', () => {\n  it.only('a', f);\n});\n", 2, 3],
    ['a.test.ts', "fdescribe('x', () => { it('a') });\n", 1, 1],
    ['a_spec.rb', "describe A do\n  fit 'a' do\n  end\nend\n", 2, 3],
  ])('in %s: %j', async (...[path, text, line, column]) => {
    const { findings = [] } = await take({ [path]: text });
    expect(findings.map(({ ruleId, location }) => [ruleId, location])).toEqual([
      ['inventory/focused-test', { path, line, column }],
    ]);
  });
});
