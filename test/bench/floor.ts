import { Hono } from 'hono';

/** What the product is compared with: the least that a Hono route can do with a JSON body, in the same workerd. */
const app = new Hono().post('/', async (c) => {
  const body = await c.req.json();
  return c.json({ received: Object.keys(body).length });
});

export { app as default };
