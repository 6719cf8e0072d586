type Attributes = Record<string, string | number | boolean | null | undefined>;

/** Makes an element. Texts are texts: nothing that an answer says is read as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/** Tells it to those who listen to the page. */
export function say(text: string): void {
  const status = document.querySelector('[data-said]');
  if (status) status.textContent = text;
}

/** A bar with a share from 0 to 1, for the eye; what it says stands beside it as text. */
export function bar(share: number): HTMLElement {
  const fill = el('span', { class: 'bar-fill' });
  fill.style.width = `${Math.max(2, Math.min(100, Math.abs(share) * 100))}%`;
  return el('span', { class: share < 0 ? 'bar bar-against' : 'bar', 'aria-hidden': 'true' }, fill);
}

/** `2 days ago`, `in 3 weeks`. */
export function whenSaid(time: string, now: number): string {
  const days = Math.round((Date.parse(time) - now) / 86_400_000);
  const words = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' });
  return Math.abs(days) < 14 ? words.format(days, 'day') : words.format(Math.round(days / 7), 'week');
}
