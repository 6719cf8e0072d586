/** Pages are made when the project is built; what only a request knows is left blank in them. */

/** What is left blank: the publishable key, how the panel was left, and on the page of a search what was searched and found. */
export type Blank = 'key' | 'panel' | 'title' | 'query' | 'queryInJson' | 'heading' | 'said' | 'cards';

export const blank = (name: Blank): string => `{{${name}}}`;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in an element or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/**
 * Fills the blanks of a page, each wherever it stands; what is filled in is not looked at again.
 * @param values HTML; what somebody typed must have been escaped
 */
export function fillBlanks(page: string, values: Partial<Record<Blank, string>>): string {
  const known = new Map<string, string>(Object.entries(values));
  return page.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => known.get(name) ?? whole);
}
