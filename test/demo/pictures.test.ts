import { expect, test } from 'vitest';
import { ITEMS } from '../../src/demo/catalogue/items.ts';
import { pictureOf } from '../../src/demo/pictures/picture.ts';

/** The first complaint about a document's tags and references, null for a sound one. */
function complaintAbout(svg: string): string | null {
  const open: string[] = [];
  for (const match of svg.matchAll(/<(\/?)([A-Za-z]+)((?:\s+[A-Za-z][A-Za-z0-9:-]*="[^"<]*")*)\s*(\/?)>|<|>/g)) {
    const [tag, closing, name, , alone] = match;
    if (name === undefined) return `a stray ${tag} at ${match.index}: ${svg.slice(match.index, match.index + 60)}`;
    if (closing) {
      if (open.pop() !== name) return `</${name}> closes something else`;
    } else if (!alone) open.push(name);
  }
  if (open.length > 0) return `<${open.join('> <')}> not closed`;
  for (const [, id] of svg.matchAll(/url\(#([a-z]+)\)/g))
    if (!svg.includes(`id="${id}"`)) return `no definition of ${id}`;
  return /NaN|undefined|null|\[object/.test(svg) ? 'a number that is none' : null;
}

test('what is not well-formed is noticed', () => {
  expect(complaintAbout('<svg><path d="M0 0"/></svg>')).toBeNull();
  expect(complaintAbout('<svg><g></svg>')).not.toBeNull();
  expect(complaintAbout('<svg><path d="M0 NaN"/></svg>')).not.toBeNull();
  expect(complaintAbout('<svg fill="url(#gone)"></svg>')).not.toBeNull();
});

test('every item has a picture that is a well-formed drawing', () => {
  const wrong = ITEMS.map((item) => ({ itemId: item.itemId, svg: pictureOf(item) }))
    .map(({ itemId, svg }) => ({ itemId, complaint: svg === null ? 'no picture' : complaintAbout(svg) }))
    .filter(({ complaint }) => complaint !== null);
  expect(wrong).toEqual([]);
});

test('pictures load nothing and run nothing', () => {
  for (const item of ITEMS) {
    expect(pictureOf(item), item.itemId).not.toMatch(
      /<script|<image|<use|\son[a-z]+=|href|https?:(?!\/\/www\.w3\.org\/2000\/svg)/,
    );
  }
});

test('categories look different, and so do the colours of one product', () => {
  const pictures = new Map(ITEMS.map((item) => [item.itemId, pictureOf(item)]));
  expect(pictures.get('teapot-moss')).not.toBe(pictures.get('teapot-ink'));
  expect(new Set(ITEMS.map((item) => item.product.shape)).size).toBeGreaterThanOrEqual(50);
});
