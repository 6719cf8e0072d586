import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';

test('health answers without a key', async () => {
  const answer = await exports.default.fetch('http://shop.test/v1/health');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ status: 'ok' });
  expect(env.SHOP_KEYS).toBeDefined();
});
