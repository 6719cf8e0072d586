/**
 * A category's name as it stands in facts and addresses: lower case, accents stripped, everything but letters and digits a single `-`.
 * @example slugOf('Küche & Bad') // 'kuche-bad'
 * @returns '' when the name has neither a letter nor a digit
 */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/**
 * The slugs of every level of every category, distinct, in the order given, outermost level first.
 * @example categorySlugs(['Home > Kitchen > Mugs', 'Home > Gifts']) // ['home', 'kitchen', 'mugs', 'gifts']
 */
export function categorySlugs(categories: readonly string[] | undefined): string[] {
  const slugs = new Set<string>();
  for (const category of categories ?? []) {
    for (const level of category.split('>')) {
      const slug = slugOf(level);
      if (slug !== '') slugs.add(slug);
    }
  }
  return [...slugs];
}
