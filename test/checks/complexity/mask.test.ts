import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageOf, languages } from '../../../src/checks/complexity/languages.ts';
import { maskCode, maskComments } from '../../../src/checks/complexity/mask.ts';

function mask(path: string, text: string): string {
  const language = languageOf(path);
  if (language === undefined) throw new Error(`no language for ${path}`);
  return maskCode(text, language);
}

describe('maskCode', () => {
  it.each([
    ['a.ts', 'a // if', 'a      '],
    ['a.ts', 'a /* if */ b', 'a          b'],
    ['a.ts', "a 'if // x' b", "a '       ' b"],
    ['a.ts', 'a "i\\"f" b', 'a "    " b'],
    ['a.ts', 'a `x${f(`if`)}y` b', 'a `            ` b'],
    ['a.ts', 'a `${ {b: "`"} }` c', 'a `             ` c'],
    ['a.ts', 'x = /if[/"]/g; y', 'x = /      /g; y'],
    ['a.ts', 'a / if / b', 'a / if / b'],
    ['a.ts', 'return /"/ + b', 'return / / + b'],
    ['a.py', 'a # if', 'a     '],
    ['a.py', '"""if\n""" b', '"    \n  " b'],
    ['a.go', 'a `if\\` b', 'a `   ` b'],
    ['a.rs', "fn f<'a>(x: &'a str) { 'x' }", "fn f<'a>(x: &'a str) { ' ' }"],
    ['a.rs', 'r#"if " x"# b', 'r         # b'],
    ['a.rs', 'a /* b /* c */ if */ d', 'a                    d'],
    ['a.java', 'a """if\n""" b', 'a "    \n  " b'],
    ['a.cs', 'a @"if\\" b', 'a @    " b'],
    ['a.rb', 'a\n=begin\nif\n=end\nb', 'a\n      \n  \n    \nb'],
    ['a.rb', 'x = <<~EOS\n if\nEOS\ny', 'x = <     \n   \n  S\ny'],
  ])('%s: %j becomes %j', (path, text, expected) => {
    expect(mask(path, text)).toBe(expected);
  });

  it('ends a literal that was left open with its line', () => {
    expect(mask('a.ts', "a 'b c\nif")).toBe("a '  c\nif");
  });

  it('keeps length and lines, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'\'"`/*#\\\n{}$[]<>~-@r= aif!'.split('')), maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(...languages), text, (language, code) => {
        const masked = maskCode(code, language);
        expect(masked.length).toBe(code.length);
        expect(masked.split('\n').map((line) => line.length)).toEqual(code.split('\n').map((line) => line.length));
      }),
    );
  });

  it('reads a mebibyte on one line within a second', () => {
    const pieces = ["'", '`${', '=/[', '<<~A ', '/*', 'r#"', '\\', '@"'];
    for (const language of languages.filter(({ name }) => ['javascript', 'rust', 'csharp', 'ruby'].includes(name))) {
      for (const piece of pieces) {
        const text = piece.repeat(Math.ceil(2 ** 20 / piece.length));
        const start = performance.now();
        maskCode(text, language);
        expect(performance.now() - start, `${language.name} ${piece}`).toBeLessThan(1000);
      }
    }
  }, 60_000);
});

describe('maskComments', () => {
  it('leaves literals as they are', () => {
    const language = languageOf('a.ts');
    expect(language && maskComments("import 'a//b'; // c", language)).toBe("import 'a//b';     ");
  });
});
