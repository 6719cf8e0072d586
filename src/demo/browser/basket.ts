import { formatPrice } from '../price.ts';
import type { Bought, Decision, StockItem } from './answer.ts';
import { el, say, whenSaid } from './dom.ts';
import { send } from './floorwalker.ts';
import { basket, keepOrder, type Line, lastOrder, putIntoBasket, setQuantity, trailOf } from './kept.ts';

type Stock = ReadonlyMap<string, StockItem>;

const CURRENCY = 'GBP';
const MOST_OF_ONE = 20;

/** A line of the basket as an event's item. */
export function asItem(line: Line, items: Stock): object {
  const price = items.get(line.itemId)?.pays;
  return { ...line, ...(price === undefined ? {} : { price }) };
}

function worthOf(lines: readonly Line[], items: Stock): number {
  const pence = lines.reduce(
    (sum, line) => sum + Math.round((items.get(line.itemId)?.pays ?? 0) * 100) * line.quantity,
    0,
  );
  return pence / 100;
}

/** Puts lines into the basket and says so to Floorwalker and to the shopper. */
export async function add(lines: readonly Line[], items: Stock): Promise<void> {
  for (const line of lines) putIntoBasket(line);
  const names = lines.map((line) => items.get(line.itemId)?.title ?? line.itemId);
  say(`In the basket: ${names.join(', ')}`);
  await send({
    name: 'add_to_cart',
    currency: CURRENCY,
    value: worthOf(lines, items),
    items: lines.map((line) => asItem(line, items)),
  });
}

export function showCount(): void {
  const count = basket().reduce((sum, line) => sum + line.quantity, 0);
  for (const place of document.querySelectorAll('[data-basket-count]')) place.textContent = String(count);
}

/** The form of an item's page. */
export function wireAdd(form: HTMLFormElement, items: Stock): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const itemId = form.dataset.add ?? '';
    const quantity = Number(new FormData(form).get('quantity') ?? 1);
    void add([{ itemId, quantity, ...trailOf(itemId) }], items);
    const button = form.querySelector('button');
    if (button) button.textContent = 'In the basket. One more?';
    if (!form.querySelector('a')) form.append(el('a', { href: '/demo/basket', class: 'go' }, 'See the basket'));
  });
}

function basketLine(line: Line, items: Stock, redraw: () => void): HTMLElement {
  const item = items.get(line.itemId);
  const title = item?.title ?? line.itemId;
  const change = (quantity: number): void => {
    const difference = quantity - line.quantity;
    setQuantity(line.itemId, quantity);
    const name = difference > 0 ? 'add_to_cart' : 'remove_from_cart';
    void send({ name, currency: CURRENCY, items: [asItem({ ...line, quantity: Math.abs(difference) }, items)] });
    redraw();
  };
  const quantity = el('input', {
    type: 'number',
    min: 1,
    max: MOST_OF_ONE,
    value: line.quantity,
    'aria-label': `How many of ${title}`,
  });
  quantity.addEventListener('change', () =>
    change(Math.min(MOST_OF_ONE, Math.max(1, Math.round(quantity.valueAsNumber || 1)))),
  );
  const remove = el(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': `Take ${title} out of the basket` },
    'Take out',
  );
  remove.addEventListener('click', () => change(0));
  return el(
    'li',
    {},
    el('img', { src: `/demo/pictures/${line.itemId}.svg`, alt: '', width: 400, height: 400 }),
    el('a', { href: `/demo/items/${line.itemId}` }, title),
    el('span', { class: 'lines-actions' }, quantity, remove),
    el('span', { class: 'price' }, formatPrice(Math.round((item?.pays ?? 0) * line.quantity * 100) / 100)),
  );
}

/** The basket's page. */
export function drawBasket(place: Element, items: Stock): void {
  const lines = basket();
  if (lines.length === 0) {
    place.replaceChildren(el('p', { class: 'empty' }, 'Nothing in it yet. The shelves are just above.'));
    return;
  }
  place.replaceChildren(
    el('ul', { class: 'lines' }, ...lines.map((line) => basketLine(line, items, () => drawBasket(place, items)))),
    el('p', { class: 'total' }, 'Together ', el('strong', {}, formatPrice(worthOf(lines, items)))),
    el('p', {}, el('a', { href: '/demo/checkout', class: 'primary' }, 'To the checkout')),
  );
}

function orderId(): string {
  return `demo-${Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join('')}`;
}

/** The checkout's page. */
export function wireCheckout(form: HTMLFormElement, items: Stock): void {
  const lines = basket();
  const value = worthOf(lines, items);
  const summary = document.querySelector('[data-summary]');
  summary?.replaceChildren(
    el('h2', {}, 'Your order'),
    el(
      'ul',
      {},
      ...lines.map((line) => el('li', {}, `${line.quantity} × ${items.get(line.itemId)?.title ?? line.itemId}`)),
    ),
    el('p', { class: 'total' }, 'Together ', el('strong', {}, formatPrice(value))),
  );
  const button = form.querySelector('button');
  if (button && lines.length === 0) button.disabled = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button) button.disabled = true;
    const order = { orderId: orderId(), lines, value };
    const gift = new FormData(form).get('gift') !== null;
    const bought = lines.map((line) => asItem(line, items));
    void send({ name: 'purchase', orderId: order.orderId, currency: CURRENCY, value, gift, items: bought }).then(() => {
      keepOrder(order);
      location.href = '/demo/thanks';
    });
  });
}

/** The thank-you page. */
export function thank(place: Element, items: Stock): void {
  const order = lastOrder();
  if (!order) return;
  const names = order.lines.map((line) => `${line.quantity} × ${items.get(line.itemId)?.title ?? line.itemId}`);
  place.textContent = `Order ${order.orderId} for ${formatPrice(order.value)}: ${names.join(', ')}.`;
}

/** The list of what was bought, with a button for each and one for all. */
export function drawBought(place: Element, { recentlyBought = [], basket: refill }: Decision, items: Stock): void {
  const here = recentlyBought.filter((one) => items.has(one.itemId));
  if (here.length === 0) {
    place.replaceChildren(el('p', { class: 'empty' }, 'Nothing yet. Buy something (it costs nothing) and come back.'));
    return;
  }
  const lines = (refill?.items ?? []).map(({ itemId, quantity }) => ({ itemId, quantity }));
  const words = lines.length === 0 ? 'All in the basket' : `Put all ${lines.length} in the basket`;
  const all = el('button', { type: 'button', class: 'primary', disabled: lines.length === 0 }, words);
  all.addEventListener('click', () => {
    void add(lines, items);
    all.disabled = true;
    all.textContent = 'All in the basket';
  });
  place.replaceChildren(el('p', {}, all), el('ul', { class: 'lines' }, ...here.map((one) => boughtLine(one, items))));
}

function boughtLine(one: Bought, items: Stock): HTMLElement {
  const item = items.get(one.itemId);
  const times = one.times === 1 ? 'once' : `${one.times} times`;
  const change = one.priceChange ?? 0;
  const dearer = change === 0 ? '' : ` · ${formatPrice(Math.abs(change))} ${change > 0 ? 'more' : 'less'} than then`;
  const due = one.dueAt ? ` · next about ${whenSaid(one.dueAt, Date.now())}` : '';
  const again = el(
    'button',
    { type: 'button', class: 'quiet', disabled: item?.stock === 0 },
    item?.stock === 0 ? 'Sold out' : 'Add',
  );
  again.addEventListener('click', () => {
    void add([{ itemId: one.itemId, quantity: 1 }], items);
    again.textContent = 'Added';
  });
  return el(
    'li',
    { 'data-item': one.itemId },
    el('img', { src: `/demo/pictures/${one.itemId}.svg`, alt: '', width: 400, height: 400 }),
    el('a', { href: `/demo/items/${one.itemId}` }, item?.title ?? one.itemId),
    el('span', { class: 'hint' }, `Bought ${times}, last ${whenSaid(one.lastBoughtAt, Date.now())}${dearer}${due}`),
    one.alternative
      ? el('a', { href: `/demo/items/${one.alternative.itemId}`, class: 'hint' }, `Instead: ${one.alternative.title}`)
      : null,
    again,
  );
}
