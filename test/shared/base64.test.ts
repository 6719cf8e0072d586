import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Url, bytesOfBase64Url } from '../../src/shared/base64.ts';

test('bytes are read as they were written, whatever their number', () => {
  const some = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 2_990, maxLength: 9_010 }));
  fc.assert(
    fc.property(some, (bytes) => {
      const text = base64Url(bytes, 'p_');
      expect(text.startsWith('p_')).toBe(true);
      expect(bytesOfBase64Url(text.slice(2))).toEqual(new Uint8Array(bytes));
    }),
  );
});

test('what is written is base64url without padding', () => {
  expect(base64Url(new TextEncoder().encode('>>>???~~~!'))).toBe('Pj4-Pz8_fn5-IQ');
  expect(base64Url(new Uint8Array())).toBe('');
});

test.each(['a', 'a+b=', 'ä'])('%s is none', (text) => expect(bytesOfBase64Url(text)).toBeNull());
