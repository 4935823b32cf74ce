import { reasons, type LessonReason } from '../lessons.ts';

/** What a person asks for by ticking a box. */
export type Tick =
  | { readonly box: 'open' | 'reopen' | 'take-over'; readonly id: string }
  | { readonly box: 'reason'; readonly id: string; readonly reason: LessonReason };

const ticked = /^\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+\[([xX ])\]\s*<!-- cortex:box ([^\n]*?) -->/;
const id = /^[0-9a-f]{12}$/;

/** A box with its hidden name; the text is Markdown already. */
export function box(name: string, text: string, isTicked = false): string {
  return `- [${isTicked ? 'x' : ' '}] <!-- cortex:box ${name} --> ${text}`;
}

/** Whether a text has a box of that name, ticked or not. */
export function hasBox(text: string, name: string): boolean {
  return text.includes(`<!-- cortex:box ${name} -->`);
}

/** Names of all boxes that are ticked in a text, whatever has become of their lines around them. */
export function tickedNames(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, mark, name] = ticked.exec(line) ?? [];
    return name !== undefined && mark?.toLowerCase() === 'x' ? [name.trim()] : [];
  });
}

/** The ticks of a dashboard, each once. A name that nobody of us has written is passed over. */
export function readTicks(text: string): readonly Tick[] {
  const names = [...new Set(tickedNames(text))];
  return names.flatMap((name) => parseTick(name) ?? []);
}

/** A tick by the name of its box; undefined where we give no such name. */
export function parseTick(name: string): Tick | undefined {
  const [kind = '', key = '', reason = ''] = name.split(/\s+/);
  if (!id.test(key)) return undefined;
  if (kind === 'open' || kind === 'reopen' || kind === 'take-over') return { box: kind, id: key };
  const known = reasons.find((each) => each === reason && each !== 'reopened');
  return kind === 'reason' && known !== undefined ? { box: 'reason', id: key, reason: known } : undefined;
}

/** Whether a box is ticked; of a reason, that one. */
export function isTicked(ticks: readonly Tick[], box: string, key: string): boolean {
  return ticks.some((tick) => nameOf(tick) === box && tick.id === key);
}

function nameOf(tick: Tick): string {
  return tick.box === 'reason' ? `reason ${tick.reason}` : tick.box;
}
