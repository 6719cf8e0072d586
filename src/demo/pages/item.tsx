import { CATEGORY_BY_SLUG, itemsOf, type ShopItem, titleOf } from '../catalogue/items.ts';
import { Badge, Price } from './cards.tsx';
import { Layout, Row } from './layout.tsx';

const LOW_STOCK = 5;

function stockSaid(item: ShopItem): string {
  if (item.stock === 0) return 'Sold out for now. We are making more.';
  return item.stock <= LOW_STOCK ? `Only ${item.stock} left` : 'In stock, sent tomorrow';
}

const Variants = ({ item }: { item: ShopItem }) =>
  item.variant === null ? null : (
    <div class="variants">
      <p>{item.variant.name === 'colour' ? 'Colour' : 'Size'}</p>
      <ul>
        {itemsOf(item.product.id).map((other) => (
          <li>
            <a href={`/demo/items/${other.itemId}`} aria-current={other.itemId === item.itemId ? 'true' : undefined}>
              {other.variant?.value}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );

const Facts = ({ item }: { item: ShopItem }) => (
  <dl class="facts">
    <dt>Made by</dt>
    <dd>{item.product.brand}</dd>
    {Object.entries(item.product.attributes).map(([name, value]) => (
      <>
        <dt>{name[0]?.toUpperCase() + name.slice(1)}</dt>
        <dd>{value}</dd>
      </>
    ))}
  </dl>
);

export const ItemPage = ({ item }: { item: ShopItem }) => {
  const category = CATEGORY_BY_SLUG.get(item.product.category);
  const slots = [{ placement: 'item-page' }, { placement: 'item-next' }];
  return (
    <Layout title={titleOf(item)} facts={{ type: 'item', itemId: item.itemId, slots }}>
      <nav class="crumbs" aria-label="Where you are">
        <a href="/demo">Shop</a> <span aria-hidden="true">/</span>{' '}
        <a href={`/demo/categories/${item.product.category}`}>{category?.title}</a>
      </nav>
      <article class="item">
        <div class="picture">
          <img src={`/demo/pictures/${item.itemId}.svg`} alt={titleOf(item)} width="400" height="400" />
          <Badge item={item} />
        </div>
        <div class="about">
          <h1>{titleOf(item)}</h1>
          <Price item={item} />
          <p class="text">{item.product.text}</p>
          <Variants item={item} />
          <form class="add" data-add={item.itemId}>
            <label for="quantity">How many</label>
            <select id="quantity" name="quantity" disabled={item.stock === 0}>
              {Array.from({ length: Math.min(6, Math.max(1, item.stock)) }, (_, i) => (
                <option value={i + 1}>{i + 1}</option>
              ))}
            </select>
            <button type="submit" class="primary" disabled={item.stock === 0}>
              {item.stock === 0 ? 'Sold out' : 'Put in the basket'}
            </button>
          </form>
          <p class="stock">{stockSaid(item)}</p>
          <Facts item={item} />
        </div>
      </article>
      <Row placement="item-page" />
      <Row placement="item-next" />
    </Layout>
  );
};
