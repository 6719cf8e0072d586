import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { configStore } from '../../src/config/store.ts';
import { ITEMS } from '../../src/demo/catalogue/items.ts';
import { demoConfig, fillingConfig } from '../../src/demo/config.ts';
import { isFilled } from '../../src/demo/opening.ts';
import { pictureOf } from '../../src/demo/pictures/picture.ts';

const get = (path: string) => exports.default.fetch(new Request(`http://shop.test${path}`));

async function publish(config: object): Promise<void> {
  await configStore(env.CONFIG).write('demo', { version: 1, publishedAt: 0, config });
}

test('the config of the demo is valid, and so is the one while it is being filled', () => {
  for (const config of [demoConfig, fillingConfig]) {
    expect(checkConfig(JSON.parse(JSON.stringify(config))).issues).toEqual([]);
  }
});

test('the shop is shut, and says when to come back, until the config is published under its own name', async () => {
  for (const path of ['/demo', '/demo/basket', '/demo/items/teapot-moss']) {
    const answer = await get(path);
    expect(answer.status, path).toBe(503);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await answer.text()).toContain('putting the kettle on');
  }
  await publish(fillingConfig);
  expect(isFilled({ config: fillingConfig })).toBe(false);
  expect((await get('/demo')).status).toBe(503);
  await publish(demoConfig);
  const open = await get('/demo');
  expect(open.status).toBe(200);
  expect(open.headers.get('Content-Security-Policy')).toContain("default-src 'self'");
  expect(await open.text()).toContain('data-key="pk_demo"');
});

test('pictures are there before the doors open, and may be kept', async () => {
  const answer = await get('/demo/pictures/teapot-moss.svg');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Content-Type')).toContain('image/svg+xml');
  expect(answer.headers.get('Cache-Control')).toContain('max-age');
  const item = ITEMS.find((one) => one.itemId === 'teapot-moss');
  expect(await answer.text()).toBe(item && pictureOf(item));
  expect((await get('/demo/pictures/nothing-here.svg')).status).toBe(404);
});

test('pages are there, unknown ones are missed, and what a shopper types stays text', async () => {
  await publish(demoConfig);
  for (const path of [
    '/demo/categories/pots',
    '/demo/items/pasta-bowl-moss',
    '/demo/basket',
    '/demo/checkout',
    '/demo/thanks',
    '/demo/account',
  ]) {
    expect((await get(path)).status, path).toBe(200);
  }
  for (const path of ['/demo/categories/cars', '/demo/items/nothing', '/demo/elsewhere'])
    expect((await get(path)).status, path).toBe(404);
  const typed = await (await get(`/demo/search?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`)).text();
  expect(typed).not.toContain('<img src=x');
});

test('the panel stays as it was left', async () => {
  await publish(demoConfig);
  const page = await exports.default.fetch(
    new Request('http://shop.test/demo', { headers: { Cookie: 'demo_panel=folded' } }),
  );
  expect(await page.text()).toContain('<body class="panel-folded"');
  const page2 = await exports.default.fetch(
    new Request('http://shop.test/demo', { headers: { Cookie: 'demo_panel="><script>' } }),
  );
  expect(await page2.text()).toContain('<body class=""');
});
