import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelopeSchema, envelopeText, noUsage, type Envelope } from '../../src/protocol/result.ts';

const envelope = (message: string, code = 'a-code'): Envelope => ({
  v: 1,
  worker: `${'w'.repeat(48)}-10`,
  attempt: 10,
  status: 'failed',
  exitCode: 70,
  result: 'f'.repeat(64),
  usage: noUsage,
  resources: { cpuMs: 1, peakBytes: 2 ** 40 },
  error: { code, message },
});

describe('the envelope as a worker leaves it', () => {
  const text = fc.oneof(fc.string({ maxLength: 600, unit: 'binary' }), fc.string({ maxLength: 600, unit: 'grapheme' }));

  it('fits into 3 KiB and is read back, whatever its error says', () => {
    fc.assert(
      fc.property(text, text, (message, code) => {
        const left = envelopeText(envelope(message.slice(0, 600), code));
        expect(Buffer.byteLength(left)).toBeLessThanOrEqual(3072);
        expect(envelopeSchema.safeParse(JSON.parse(left)).success).toBe(true);
      }),
    );
  });

  it('loses nothing where it fits', () => {
    const given = envelope('what happened');
    expect(JSON.parse(envelopeText(given))).toEqual(given);
  });

  it('keeps the beginning of a message that is cut', () => {
    const left = JSON.parse(envelopeText(envelope('\u0001'.repeat(600)))) as Envelope;
    expect(left.error?.message.length).toBeGreaterThan(300);
    expect(left.usage).toEqual(noUsage);
  });
});
