import type { ShopItem } from '../catalogue/items.ts';
import { titleOf } from '../catalogue/items.ts';
import { GARDEN_SHAPES, growing } from './garden.ts';
import { HOME_SHAPES } from './home.ts';
import { KITCHEN_SHAPES } from './kitchen.ts';
import { definitions, paintOf } from './paint.ts';
import { TABLE_SHAPES } from './table.ts';

const SHAPES: Record<string, (p: ReturnType<typeof paintOf>) => string> = {
  ...TABLE_SHAPES,
  ...KITCHEN_SHAPES,
  ...HOME_SHAPES,
  ...GARDEN_SHAPES,
};

/** Wall and floor of a category: each has its own room. */
const ROOMS: Record<string, readonly [string, string]> = {
  tableware: ['#f4e6d8', '#e6cdb6'],
  cookware: ['#e9ecdf', '#cfd5bd'],
  'tea-and-coffee': ['#f3e2d3', '#dcbfa3'],
  pantry: ['#f8edcf', '#ead5a0'],
  linen: ['#e7edf0', '#c9d6dc'],
  candles: ['#efe1dd', '#d8bdb5'],
  bath: ['#e2efec', '#bfd8d2'],
  'garden-tools': ['#e8eede', '#c6d2ae'],
  seeds: ['#f6ecd9', '#d9cfa6'],
  pots: ['#eaeee6', '#c9d3c0'],
};

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A drawn shape, or null for one that nobody has drawn. */
function drawing(item: ShopItem): string | null {
  const paint = paintOf(item.color);
  const { shape, pattern } = item.product;
  return growing(shape, pattern, paint) ?? SHAPES[shape]?.(paint) ?? null;
}

/** Wall, light from a window, and the surface that the object stands on. */
function backdrop(wall: string, floor: string): string {
  return (
    `<rect width="400" height="400" fill="${wall}"/><circle cx="292" cy="112" r="150" fill="#ffffff" opacity="0.34"/>` +
    `<path d="M0 300h400v100h-400z" fill="${floor}"/><path d="M0 300h400v4h-400z" fill="#ffffff" opacity="0.4"/>`
  );
}

/**
 * An item's picture as an SVG document of 400 by 400.
 * @returns null when its shape is not drawn
 */
export function pictureOf(item: ShopItem): string | null {
  const drawn = drawing(item);
  if (drawn === null) return null;
  const [wall, floor] = ROOMS[item.product.category] ?? ['#f4e6d8', '#e6cdb6'];
  const title = titleOf(item).replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img"><title>${title}</title><defs>` +
    `${definitions(item.product.pattern, paintOf(item.color))}<radialGradient id="glow"><stop offset="0" stop-color="#ffd36b" stop-opacity="0.75"/>` +
    `<stop offset="1" stop-color="#ffd36b" stop-opacity="0"/></radialGradient></defs>${backdrop(wall, floor)}` +
    `<ellipse cx="206" cy="326" rx="128" ry="15" fill="#3a2414" opacity="0.16"/>${drawn}</svg>`
  );
}
