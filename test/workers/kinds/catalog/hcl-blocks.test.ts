import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHclBlocks, stringAttribute } from '../../../../src/workers/kinds/catalog/hcl-blocks.ts';

function headsOf(text: string): readonly string[] {
  return readHclBlocks(text).blocks.map(({ type, labels, line }) => [type, ...labels, line].join(' '));
}

describe('the blocks of a Terraform file', () => {
  it('are named by type, labels and line', () => {
    const text = 'terraform {\n}\n\nresource "aws_s3_bucket" "logs" {\n  bucket = "x"\n}\nmodule "net" {}\n';
    expect(headsOf(text)).toEqual(['terraform 1', 'resource aws_s3_bucket logs 4', 'module net 7']);
  });

  it('are only those of the top level', () => {
    expect(headsOf('resource "a" "b" {\n  lifecycle {\n    x = 1\n  }\n}\n')).toEqual(['resource a b 1']);
  });

  it.each([
    ['a line comment', '# }\n // }\n'],
    ['a block comment', '/* } */\n'],
    ['a string', 'x = "}"\n'],
    ['an escaped quote', 'x = "\\"}"\n'],
    ['a template', 'x = "${lookup({ a = "}" }, "a")}"\n'],
    ['a heredoc', 'x = <<-EOT\n  } {\n  EOT\n'],
  ])('do not end at a brace in %s', (_name, inner) => {
    expect(headsOf(`a {\n${inner}}\nb {}\n`).map((head) => head.split(' ')[0])).toEqual(['a', 'b']);
  });

  it('are no blocks where they are commented out', () => {
    expect(headsOf('# resource "a" "b" {}\n/* module "m" {} */\n')).toEqual([]);
  });

  it('before an open one are kept, and the open one is named', () => {
    const { blocks, problem } = readHclBlocks('a {}\n\nb {\n');
    expect(blocks.map(({ type }) => type)).toEqual(['a']);
    expect(problem).toEqual({ line: 3, reason: 'block without its closing brace' });
  });

  it('tell the literal attributes of their own level', () => {
    const [block] = readHclBlocks(
      'module "m" {\n  source_dir = "no"\n  inner { version = "0" }\n  source  = "./net"\n  version = "~> 2"\n}\n',
    ).blocks;
    expect(block && [stringAttribute(block, 'source'), stringAttribute(block, 'version')]).toEqual(['./net', '~> 2']);
  });

  it('tell nothing of an attribute that is computed', () => {
    const [block] = readHclBlocks('module "m" {\n  source = "${var.base}/net"\n}\n').blocks;
    expect(block && stringAttribute(block, 'source')).toBeUndefined();
  });

  it('are found in any text without an error, each on a line of the text', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '"',
      '${',
      '<<EOT\n',
      'EOT',
      '\n',
      '#',
      '/*',
      '*/',
      '//',
      'resource ',
      '"a" ',
      '\\',
      '=',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string()), { maxLength: 80 }), (parts) => {
        const text = parts.join('');
        const lines = text.split('\n').length;
        expect(readHclBlocks(text).blocks.every((block) => block.line >= 1 && block.line <= lines)).toBe(true);
        for (const block of readHclBlocks(text).blocks) stringAttribute(block, 'source');
      }),
    );
  });

  it('are found in one pass over a large file', () => {
    expect(readHclBlocks('a {}\n'.repeat(100_000)).blocks).toHaveLength(100_000);
  });
});
