import type { SiteConfig } from '../config/schema.ts';
import type { Caller } from '../http/visitor.ts';
import { wantedBy } from '../visitors/quiet.ts';
import type { Arrival } from '../visitors/schema.ts';
import type { StatedCart } from '../visitors/state-cart.ts';
import { currencyOf } from './scene.ts';
import type { DecideRequest } from './schema.ts';

/** The basket that a page states. Its prices are in the currency of the visitor's market. */
function cartStated({ cart, ...request }: DecideRequest, config: SiteConfig): StatedCart | undefined {
  if (cart === undefined) return undefined;
  const lines = cart.map(({ itemId, quantity, price = null }) => ({ itemId, quantity, price }));
  const isPriced = lines.some((line) => line.price !== null);
  return { lines, currency: isPriced ? currencyOf(request, config) : null, as: 'all' };
}

/** What a page says in passing, for whoever remembers the visitor; undefined where that is nothing, or nobody is there: a dry run, a crawler. */
export function arrivalOf(
  request: DecideRequest,
  { caller, config, shop, now }: { caller: Caller; config: SiteConfig; shop: string; now: number },
): Arrival | undefined {
  if (request.dryRun || caller.bot) return undefined;
  const cart = cartStated(request, config);
  const quiet = wantedBy(config);
  if (cart === undefined && quiet === null) return undefined;
  const { eventsDays, profileDays } = config.retention;
  return {
    ...{ shop, sender: caller.sender, now },
    sessionMinutes: config.learning.sessionMinutes,
    retention: { eventsDays, profileDays },
    quiet,
    ...(cart === undefined ? {} : { cart }),
  };
}
