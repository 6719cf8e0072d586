import { type ShopItem, titleOf } from '../catalogue/items.ts';
import { formatPrice } from '../price.ts';

const LOW_STOCK = 5;

export const Price = ({ item }: { item: ShopItem }) =>
  item.pays < item.price ? (
    <span class="price">
      <strong>{formatPrice(item.pays)}</strong> <span class="unseen">instead of</span> <s>{formatPrice(item.price)}</s>
    </span>
  ) : (
    <span class="price">{formatPrice(item.price)}</span>
  );

export const Badge = ({ item }: { item: ShopItem }) => {
  if (item.stock === 0) return <span class="badge badge-out">Sold out</span>;
  if (item.pays < item.price) return <span class="badge badge-sale">Sale</span>;
  if (item.stock <= LOW_STOCK) return <span class="badge">Only {item.stock} left</span>;
  return null;
};

/** An item in a list. A product stands for all of its sizes and colours. */
export const Card = ({ item }: { item: ShopItem }) => {
  const variants = item.product.variants.length;
  return (
    <li class="card">
      <a href={`/demo/items/${item.itemId}`}>
        <span class="picture">
          <img src={`/demo/pictures/${item.itemId}.svg`} alt="" width="400" height="400" loading="lazy" />
          <Badge item={item} />
        </span>
        <span class="name">{variants > 0 ? item.product.title : titleOf(item)}</span>
        <Price item={item} />
        {variants > 0 ? (
          <span class="hint">
            {variants} {item.variant?.name === 'colour' ? 'colours' : 'sizes'}
          </span>
        ) : null}
      </a>
    </li>
  );
};

export const Cards = ({ items }: { items: readonly ShopItem[] }) => (
  <ul class="cards">
    {items.map((item) => (
      <Card item={item} />
    ))}
  </ul>
);
