import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { readPages } from './pages.ts';
import { sectionNames, sections, withSections } from './sections.ts';

const pages = readPages().filter(({ text }) => sectionNames(text).length > 0);

/** `vitest run test/docs --update` brings a page up to date. */
describe('the parts of the pages that come from the code', () => {
  it.for(pages)('say in $path what the code says', async ({ path, text }) => {
    const settings = await resolveConfig(import.meta.filename);
    const current = await format(withSections(text), { ...settings, parser: 'markdown' });
    await expect(current).toMatchFileSnapshot(`../../${path}`);
  });

  it('are each on a page', () => {
    expect(pages.flatMap(({ text }) => sectionNames(text)).sort()).toEqual(Object.keys(sections).sort());
  });
});
