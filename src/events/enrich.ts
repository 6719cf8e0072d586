import type { Catalogue } from '../catalog/catalogue.ts';
import type { KeptEvent } from './schema.ts';

/**
 * Fills in what the catalogue knows of the items of events, so that a profile can be reduced without it. What the sender said about brand and
 * categories stands only where the catalogue does not know the item. In place.
 */
export function enrich(
  events: readonly KeptEvent[],
  catalogue: Pick<Catalogue, 'indexOf' | 'brand' | 'categories' | 'priceBand' | 'isReduced'>,
): void {
  for (const event of events) {
    for (const item of event.items ?? []) {
      const slot = catalogue.indexOf(item.itemId);
      if (slot < 0) continue;
      const brand = catalogue.brand(slot);
      if (brand !== '') item.brand = brand;
      const categories = catalogue.categories(slot);
      if (categories.length > 0) item.categories = [...categories];
      const band = catalogue.priceBand(slot);
      if (band > 0) item.priceBand = band;
      if (catalogue.isReduced(slot)) item.reduced = true;
    }
  }
}
