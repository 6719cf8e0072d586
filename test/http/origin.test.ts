import { expect, test } from 'vitest';
import { originAllowed } from '../../src/http/origin.ts';

const SHOP = ['https://shop.example', 'https://www.shop.example:8443'];
const HERE = 'https://floorwalker.example/v1/decide';
const LOCAL = 'http://localhost:8787/v1/decide';

const cases: [string, string, string, boolean][] = [
  ['one of the shop’s', 'https://shop.example', HERE, true],
  ['one of the shop’s, in capitals', 'https://SHOP.example', HERE, true],
  ['one of the shop’s, with its port', 'https://www.shop.example:8443', HERE, true],
  ['our own', 'https://floorwalker.example', HERE, true],
  ['another port', 'https://shop.example:8443', HERE, false],
  ['another scheme', 'http://shop.example', HERE, false],
  ['a subdomain', 'https://evil.shop.example', HERE, false],
  ['a longer name', 'https://shop.example.evil.example', HERE, false],
  ['a name with it in front', 'https://evil-shop.example', HERE, false],
  ['credentials in front of another host', 'https://shop.example@evil.example', HERE, false],
  ['a path behind it', 'https://shop.example/path', HERE, false],
  ['a sandboxed page', 'null', HERE, false],
  ['a file', 'file://', HERE, false],
  ['everybody', '*', HERE, false],
  ['nothing', '', HERE, false],
  ['this machine, from elsewhere', 'http://localhost:3000', HERE, false],
  ['this machine, on this machine', 'http://127.0.0.1:3000', LOCAL, true],
  ['a name that begins like this machine, on this machine', 'http://localhost.evil.example', LOCAL, false],
  ['an address that begins like this machine’s, on this machine', 'http://127.0.0.1.evil.example', LOCAL, false],
];

test.each(cases)('%s', (_name, origin, url, isAllowed) => {
  expect(originAllowed(origin, url, SHOP)).toBe(isAllowed);
});
