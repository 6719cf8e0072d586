import type { Text } from './schema-common.ts';

/**
 * The wording of a text for a locale: the locale's own, that of its language, the shop's, or whichever comes first.
 * @param locales in order of preference, the shop's own last
 * @returns null when there is no wording at all
 * @example textFor({ en: 'Hello', de: 'Hallo' }, ['de-AT', 'en']) // 'Hallo'
 */
export function textFor(text: Text | null, locales: readonly string[]): string | null {
  if (text === null || typeof text === 'string') return text;
  for (const locale of locales) {
    const language = locale.split('-')[0] ?? locale;
    for (const wanted of [locale, language]) {
      if (Object.hasOwn(text, wanted)) return text[wanted] ?? null;
    }
    const sibling = Object.keys(text).find((one) => one.split('-')[0] === language);
    if (sibling !== undefined) return text[sibling] ?? null;
  }
  return Object.values(text)[0] ?? null;
}
