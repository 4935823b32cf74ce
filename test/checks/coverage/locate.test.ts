import { describe, expect, it } from 'vitest';
import { locateFiles } from '../../../src/checks/coverage/locate.ts';

function locate(written: readonly string[], files: readonly string[], report = 'lcov.info') {
  return Object.fromEntries(locateFiles(written, { files, report }));
}

describe('locateFiles', () => {
  it('takes a path of the repository as it is', () => {
    expect(locate(['src/a.ts'], ['src/a.ts'])).toEqual({ 'src/a.ts': 'src/a.ts' });
  });

  it("cuts off another machine's checkout", () => {
    expect(locate(['/somewhere/else/src/a.ts'], ['src/a.ts'])).toEqual({ '/somewhere/else/src/a.ts': 'src/a.ts' });
  });

  it('reads the backslashes of Windows', () => {
    expect(locate(['C:\\work\\src\\a.ts'], ['src/a.ts'])).toEqual({ 'C:\\work\\src\\a.ts': 'src/a.ts' });
  });

  it('looks below the package that holds the report before it looks at the root', () => {
    const files = ['packages/one/src/a.ts', 'src/a.ts'];
    expect(locate(['src/a.ts'], files, 'packages/one/coverage/lcov.info')).toEqual({
      'src/a.ts': 'packages/one/src/a.ts',
    });
  });

  it('believes a bare name where another file of the report proved the cut', () => {
    const files = ['index.js', 'lib/index.js', 'src/a.js'];
    expect(locate(['/app/index.js', '/app/src/a.js'], files)).toEqual({
      '/app/index.js': 'index.js',
      '/app/src/a.js': 'src/a.js',
    });
  });

  it('finds the one file that ends in the same segments', () => {
    const files = ['services/web/handler/main.go', 'main.go'];
    expect(locate(['example.com/web/handler/main.go'], files)).toEqual({
      'example.com/web/handler/main.go': 'services/web/handler/main.go',
    });
  });

  it('leaves a path alone that two files could be', () => {
    expect(locate(['lib/x/a.go'], ['one/x/a.go', 'two/x/a.go'])).toEqual({});
  });

  it('does not climb out of the repository', () => {
    expect(locate(['../../etc/passwd'], ['src/a.ts'])).toEqual({});
  });
});
