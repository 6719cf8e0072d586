import { expect, test } from 'vitest';
import { withCategories } from '../../src/events/consent-categories.ts';
import type { Consent } from '../../src/events/schema.ts';
import { consentUsed } from '../../src/visitors/consent.ts';

const categories: Record<string, Consent> = { advertising: 'personal', analytics: 'session' };

/** What counts, by the shop's default, for a visitor who has stored nothing, session, or personal. */
test.each<[string, Record<string, boolean>, Consent, [Consent, Consent, Consent]]>([
  ['nothing said', {}, 'session', ['session', 'session', 'personal']],
  [
    'only what the shop does not know',
    { Functional: true, toString: true, __proto__x: false },
    'session',
    ['session', 'session', 'personal'],
  ],
  ['advertising denied', { Advertising: false }, 'personal', ['session', 'session', 'session']],
  ['advertising denied, in other letters', { ADVERTISING: false }, 'personal', ['session', 'session', 'session']],
  ['advertising denied where nothing is the default', { Advertising: false }, 'none', ['none', 'session', 'session']],
  ['analytics denied', { Analytics: false }, 'personal', ['none', 'none', 'none']],
  [
    'analytics denied, advertising granted',
    { Analytics: false, Advertising: true },
    'personal',
    ['none', 'none', 'none'],
  ],
  [
    'analytics granted, advertising denied',
    { Analytics: true, Advertising: false },
    'none',
    ['session', 'session', 'session'],
  ],
  ['analytics granted', { Analytics: true }, 'none', ['session', 'session', 'personal']],
  ['analytics granted under a better default', { Analytics: true }, 'personal', ['personal', 'session', 'personal']],
  ['everything granted', { Analytics: true, Advertising: true }, 'session', ['personal', 'session', 'personal']],
])('%s, the default being %3$s', (_name, said, fallback, [fresh, session, personal]) => {
  const asked = withCategories({ given: null, cap: null, fallback }, said, categories);
  expect(consentUsed(asked, null)).toBe(fresh);
  expect(consentUsed(asked, 'session')).toBe(session);
  expect(consentUsed(asked, 'personal')).toBe(personal);
});

test('a signal that caps already is not raised', () => {
  const asked = withCategories({ given: null, cap: 'session', fallback: 'none' }, { Advertising: true }, categories);
  expect(consentUsed(asked, null)).toBe('session');
});
