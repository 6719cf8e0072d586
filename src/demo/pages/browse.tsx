import { blank } from '../blanks.ts';
import { CATEGORIES, shelf } from '../catalogue/items.ts';
import type { Category } from '../catalogue/product.ts';
import { Cards } from './cards.tsx';
import { Layout, Row } from './layout.tsx';

const HERO = [
  'teapot-moss',
  'terracotta-pot-18-cm',
  'fig-candle',
  'pasta-bowl-oat',
  'watering-can-sky',
  'wildflower-honey',
];
/** The picture that stands for a category. */
const FACES: Record<string, string> = {
  tableware: 'pasta-bowl-moss',
  cookware: 'casserole-rust',
  'tea-and-coffee': 'teapot-butter',
  pantry: 'olive-oil',
  linen: 'linen-cushion-rust',
  candles: 'lantern',
  bath: 'rose-soap',
  'garden-tools': 'watering-can-moss',
  seeds: 'sunflower-seeds',
  pots: 'house-fern',
};

export const HomePage = () => (
  <Layout
    title="Kitchen, home and garden"
    facts={{ type: 'home', slots: [{ placement: 'home' }, { placement: 'home-again' }, { placement: 'home-loved' }] }}
  >
    <section class="hero">
      <div>
        <h1>Good things for slow suppers, warm rooms and muddy knees.</h1>
        <p>
          A small shop for kitchen, home and garden. Wander about: it notices what you like, and tells you why it thinks
          so.
        </p>
      </div>
      <ul aria-hidden="true">
        {HERO.map((itemId) => (
          <li>
            <img src={`/demo/pictures/${itemId}.svg`} alt="" width="400" height="400" />
          </li>
        ))}
      </ul>
    </section>
    <Row placement="home-again" />
    <Row placement="home" />
    <section>
      <h2>Walk the shelves</h2>
      <ul class="departments">
        {CATEGORIES.map((category) => (
          <li>
            <a href={`/demo/categories/${category.slug}`}>
              <img
                src={`/demo/pictures/${FACES[category.slug] ?? ''}.svg`}
                alt=""
                width="400"
                height="400"
                loading="lazy"
              />
              <span>{category.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
    <Row placement="home-loved" />
  </Layout>
);

export const CategoryPage = ({ category }: { category: Category }) => {
  const items = shelf(category.slug);
  const slots = [{ placement: 'category-page', filter: { categories: { $in: [category.path] } } }];
  const listed = items.slice(0, 20).map((item) => item.itemId);
  return (
    <Layout title={category.title} facts={{ type: 'category', category: category.path, slots, listed }}>
      <div class="heading">
        <h1>{category.title}</h1>
        <p>{category.text}</p>
      </div>
      <Row placement="category-page" />
      <section>
        <h2>The whole shelf</h2>
        <Cards items={items} />
      </section>
    </Layout>
  );
};

/** What was searched and found is left blank. */
export const SearchPage = () => (
  <Layout
    title={blank('title')}
    query={blank('query')}
    facts={{ type: 'search', query: blank('queryInJson'), slots: [{ placement: 'search' }] }}
  >
    <div class="heading">
      <h1>{blank('heading')}</h1>
      <p>{blank('said')}</p>
    </div>
    <ul class="cards">{blank('cards')}</ul>
    <Row placement="search" />
  </Layout>
);

export const NotFoundPage = () => (
  <Layout title="Not here" facts={{ type: 'home', slots: [{ placement: 'home-loved' }] }}>
    <div class="heading">
      <h1>That is not on our shelves.</h1>
      <p>It may have been sold, renamed or dreamt.</p>
    </div>
    <Row placement="home-loved" />
  </Layout>
);
