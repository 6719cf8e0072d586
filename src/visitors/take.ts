import type { Context } from 'hono';
import { type AppEnv, directoryObject, outboxObject } from '../env.ts';
import { presentDelivery } from '../integrations/present.ts';
import type { Delivery } from '../integrations/schema.ts';
import { presentExport } from './present.ts';
import type { VisitorExport } from './schema-held.ts';

/**
 * An export as it is handed out, with what other objects hold about whoever it is of.
 * @param of.names whether it may say which customer a visitor belongs to
 */
export async function takeExport(
  c: Context<AppEnv>,
  held: VisitorExport,
  of: { visitorId: string } | { customerId: string },
  { names }: { names: boolean },
) {
  const open = held.visitors.filter((one) => !one.isClosed).map((one) => `v:${one.visitorId}`);
  const subjects = 'customerId' in of ? [`c:${of.customerId}`, ...open] : [`v:${of.visitorId}`];
  // The runtime's types know no value of unknown shape, which an event's own fields are.
  const deliveries = (await outboxObject(c.env, c.var.shop).about(subjects)) as unknown as Delivery[];
  const outgoing = deliveries.map((delivery) => ({ endpoint: delivery.endpoint, ...presentDelivery(delivery) }));
  const watched = await directoryObject(c.env, c.var.shop).watchedBy(subjects);
  const watching = watched.map(({ itemId, at }) => ({ itemId, viewedAt: new Date(at).toISOString() }));
  return { ...presentExport(held, { names }), outgoing, watching };
}
