import { formatPrice } from '../price.ts';
import type { Placement, Recommended } from './answer.ts';
import { el } from './dom.ts';
import { send } from './floorwalker.ts';
import { leaveTrail } from './kept.ts';

function price(item: Recommended): HTMLElement {
  const was = item.price ?? 0;
  if (item.salePrice === undefined || item.salePrice >= was) return el('span', { class: 'price' }, formatPrice(was));
  return el(
    'span',
    { class: 'price' },
    el('strong', {}, formatPrice(item.salePrice)),
    ' ',
    el('s', {}, formatPrice(was)),
  );
}

function card(item: Recommended, index: number, recommendationId: string): HTMLElement {
  const reason = item.reasons.find((one) => one.text)?.text ?? null;
  const picture = el('img', {
    src: `/demo/pictures/${item.itemId}.svg`,
    alt: '',
    width: 400,
    height: 400,
    loading: 'lazy',
  });
  const link = el(
    'a',
    { href: `/demo/items/${encodeURIComponent(item.itemId)}` },
    el('span', { class: 'picture' }, picture),
    el('span', { class: 'name' }, item.title),
    price(item),
    reason ? el('span', { class: 'hint' }, reason) : null,
  );
  link.addEventListener('click', () => {
    leaveTrail({ itemId: item.itemId, recommendationId, index });
    void send({ name: 'select_item', items: [{ itemId: item.itemId, recommendationId, index }] });
  });
  return el('li', { class: 'card', 'data-item': item.itemId }, link);
}

/** Says once that a row was really seen. */
function watch(row: Element, placement: Placement): void {
  const items = placement.items.map(({ itemId }, index) => ({
    itemId,
    index,
    recommendationId: placement.recommendationId,
  }));
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      void send({ name: 'impression', recommendationId: placement.recommendationId, items });
    },
    { threshold: 0.4 },
  );
  observer.observe(row);
}

/** Fills a row with what was decided for it; a row without items goes away. */
export function fillRow(row: Element, placement: Placement | undefined): void {
  if (!placement || placement.items.length === 0) {
    row.remove();
    return;
  }
  const cards = placement.items.map((item, index) => card(item, index, placement.recommendationId));
  row.replaceChildren(
    el('h2', {}, placement.title),
    el('ul', { class: 'cards cards-scroll', tabindex: 0, 'aria-label': placement.title }, ...cards),
  );
  row.removeAttribute('aria-busy');
  watch(row, placement);
}
