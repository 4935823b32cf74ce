export interface HtmlFragments {
  /** Values of `id` and `name`. */
  readonly anchors: readonly string[];
  /** Text of `<h1>`…`<h6>`, which get anchors like Markdown's own headings. */
  readonly headings: readonly string[];
  /** `href` and `src`, with the offset inside the HTML. */
  readonly links: readonly { readonly target: string; readonly image: boolean; readonly offset: number }[];
}

const attribute =
  /(?<=[\s"'])(id|name|href|src)\s{0,3}=\s{0,3}(?:"([^"\n]{0,1000})"|'([^'\n]{0,1000})'|([^\s"'<>=]{1,500}))/gi;
const heading = /<h([1-6])\b[^>]{0,300}>([\s\S]{0,300}?)<\/h\1>/gi;

/** What HTML inside Markdown refers to, and what it can be referred to by; comments say nothing. */
export function readHtml(html: string): HtmlFragments {
  const visible = html.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => ' '.repeat(comment.length));
  const attributes = [...visible.matchAll(attribute)].map((match) => ({
    name: match[1]?.toLowerCase() ?? '',
    value: decodeEntities(match[2] ?? match[3] ?? match[4] ?? ''),
    offset: match.index,
  }));
  return {
    anchors: attributes.filter(({ name }) => name === 'id' || name === 'name').map(({ value }) => value),
    headings: [...visible.matchAll(heading)].map((match) => decodeEntities(withoutTags(match[2] ?? ''))),
    links: attributes
      .filter(({ name }) => name === 'href' || name === 'src')
      .map(({ name, value, offset }) => ({ target: value, image: name === 'src', offset })),
  };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00a0',
};

/** The entities that people write in Markdown. */
export function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole);
}

function withoutTags(html: string): string {
  return html.replace(/<[^<>]{0,300}>/g, '').trim();
}
