/** The script of the demo shop's pages: asks Floorwalker once for everything on the page, shows it, and tells it what the visitor does. */
import type { StockItem } from './answer.ts';
import { asItem, drawBasket, drawBought, showCount, thank, wireAdd, wireCheckout } from './basket.ts';
import { el } from './dom.ts';
import { decide, type PageFacts, stock, storeConsent } from './floorwalker.ts';
import { basket, becomeNew, type Consent, consent, keepConsent, trailOf, visitorId } from './kept.ts';
import { showMessages } from './notice.ts';
import { fillPanel, wirePanel } from './panel.ts';
import { fillRow } from './rows.ts';

function wireVisitor(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="consent"]')) {
    input.checked = input.value === consent();
    input.addEventListener('change', () => {
      const given = input.value as Consent;
      void storeConsent(visitorId(), given).then(() => {
        keepConsent(given);
        location.reload();
      });
    });
  }
  document.querySelector('[data-new-visitor]')?.addEventListener('click', () => {
    becomeNew();
    location.href = '/demo';
  });
}

/** An item of an event of this page: with its price, its quantity in the basket, and the recommendation that led to it. */
function itemFor(items: ReadonlyMap<string, StockItem>): (itemId: string) => object {
  return (itemId) => {
    const line = basket().find((one) => one.itemId === itemId);
    return asItem({ quantity: line?.quantity ?? 1, ...trailOf(itemId), itemId }, items);
  };
}

function wireForms(items: ReadonlyMap<string, StockItem>): void {
  const find = <T extends Element>(name: string): T | null => document.querySelector<T>(`[data-${name}]`);
  const adding = find<HTMLFormElement>('add');
  if (adding) wireAdd(adding, items);
  const basketPlace = find('basket');
  if (basketPlace) drawBasket(basketPlace, items);
  const checkout = find<HTMLFormElement>('checkout');
  if (checkout) wireCheckout(checkout, items);
  const thanks = find('thanks');
  if (thanks) thank(thanks, items);
}

async function start(): Promise<void> {
  const facts: PageFacts = JSON.parse(document.body.dataset.facts ?? '{}');
  wirePanel();
  wireVisitor();
  showCount();
  document.addEventListener('basket', showCount);
  const items = await stock();
  wireForms(items);
  try {
    const { decision, took } = await decide(facts, itemFor(items));
    for (const row of document.querySelectorAll<HTMLElement>('[data-row]')) {
      fillRow(row, decision.placements?.[row.dataset.row ?? '']);
    }
    const bought = document.querySelector('[data-bought]');
    if (bought) drawBought(bought, decision, items);
    const notice = document.querySelector('[data-notice]');
    if (notice) showMessages(notice, decision);
    fillPanel(decision, took, items);
  } catch (error) {
    // The shop goes on without recommendations.
    for (const row of document.querySelectorAll('[data-row]')) row.remove();
    document
      .querySelector('[data-bought]')
      ?.replaceChildren(el('p', { class: 'empty' }, 'This list cannot be had right now.'));
    document
      .querySelector('[data-panel]')
      ?.replaceChildren(el('p', {}, error instanceof Error ? error.message : String(error)));
  }
}

void start();
