import type { Decision, Persona, Placement, Reason, StockItem } from './answer.ts';
import { bar, el } from './dom.ts';

type TitleOf = (itemId: string) => string;

const REASONS_SHOWN = 4;

const CODES: Record<string, string> = {
  also_viewed: 'viewed after',
  bought_together: 'bought with',
  session: 'viewed after',
  seen_before: 'looked at before',
  category_affinity: 'likes',
  brand_affinity: 'likes the brand',
  trending: 'trending',
  bestseller: 'bestseller',
  popular: 'popular',
  recently_viewed: 'viewed lately',
  bought_before: 'bought before',
};

/** What a persona's evidence is about. */
const EVIDENCE: Record<string, string> = {
  category_affinity: 'likes',
  brand_affinity: 'likes the brand',
  price_affinity: 'price band',
  session: 'this visit:',
  visitor: 'this visitor:',
};

const DROPS: Record<string, string> = {
  out_of_stock: 'out of stock',
  in_cart: 'already in the basket',
  current: 'the page’s own item',
  seen: 'seen in this visit',
  bought: 'already bought',
  filter: 'filtered out',
  unknown: 'not in the catalogue',
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

interface Telling {
  titleOf: TitleOf;
  codes: Record<string, string>;
  /** The weight of a full bar. */
  whole: number;
}

function reasonLines(reasons: readonly Reason[], { titleOf, codes, whole }: Telling): HTMLElement {
  const ordered = reasons.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const lines = ordered.slice(0, REASONS_SHOWN).map((reason) => {
    const detail = reason.detail ? ` ${titleOf(reason.detail)}` : '';
    return el(
      'li',
      {},
      el('span', { class: 'why' }, `${(codes[reason.code] ?? reason.code).replaceAll('_', ' ')}${detail}`),
      bar(whole > 0 ? reason.weight / whole : 0),
      el('span', { class: 'weight' }, reason.weight.toPrecision(2)),
    );
  });
  const rest =
    reasons.length > REASONS_SHOWN
      ? [el('li', { class: 'hint' }, `and ${reasons.length - REASONS_SHOWN} more, smaller`)]
      : [];
  return el('ul', { class: 'reasons' }, ...lines, ...rest);
}

function personaPart(persona: Persona, titleOf: TitleOf): HTMLElement {
  const largest = persona.reasons.reduce((most, reason) => Math.max(most, Math.abs(reason.weight)), 0);
  const known = persona.key !== 'unknown';
  const others = (persona.alternatives ?? [])
    .filter((one) => one.key !== persona.key && one.confidence > 0.05)
    .slice(0, 3);
  return el(
    'section',
    {},
    el('h3', {}, 'Who seems to be here'),
    el(
      'p',
      { class: 'persona' },
      el('strong', {}, known ? persona.name : 'Hard to say yet'),
      ` ${percent(persona.confidence)}`,
    ),
    bar(persona.confidence),
    persona.reasons.length > 0
      ? reasonLines(persona.reasons, { titleOf, codes: EVIDENCE, whole: largest })
      : el('p', { class: 'hint' }, 'No evidence so far: look at a few things.'),
    others.length > 0
      ? el('p', { class: 'hint' }, `Or: ${others.map((one) => `${one.key} ${percent(one.confidence)}`).join(', ')}`)
      : null,
  );
}

function placementPart([name, placement]: [string, Placement], titleOf: TitleOf): HTMLElement {
  const dropped = Object.entries(placement.dropped).map(([why, count]) => `${count} ${DROPS[why] ?? why}`);
  const best = placement.items.reduce((most, item) => Math.max(most, item.score), 0);
  return el(
    'section',
    {},
    el('h3', {}, placement.title || name),
    el(
      'p',
      { class: 'chips' },
      el('code', {}, placement.strategy),
      placement.fallback ? el('code', { class: 'chip-fallback' }, 'with fallback') : null,
    ),
    placement.items.length === 0 ? el('p', { class: 'hint' }, 'Nothing to show here.') : null,
    el(
      'ol',
      { class: 'decided' },
      ...placement.items.map((item) =>
        el(
          'li',
          {},
          el(
            'details',
            {},
            el('summary', {}, el('span', {}, item.title), bar(best > 0 ? item.score / best : 0)),
            reasonLines(item.reasons, { titleOf, codes: CODES, whole: item.score }),
          ),
        ),
      ),
    ),
    dropped.length > 0 ? el('p', { class: 'hint' }, `Left out: ${dropped.join(', ')}`) : null,
  );
}

function factsPart(decision: Decision, took: number): HTMLElement {
  const rows: [string, string][] = [
    ['Took', `${took.toFixed(0)} ms, one round trip`],
    ['Consent used', decision.consentUsed],
    ['Cards', decision.versions.cards],
    ['Catalogue', decision.versions.catalog],
    ['Config', String(decision.versions.config)],
    ['Visitor', decision.consentUsed === 'none' ? 'not kept' : `${decision.visitorId.slice(0, 8)}…`],
  ];
  const notes = [...(decision.degraded ? ['Decided without the visitor’s memory.'] : []), ...(decision.notes ?? [])];
  return el(
    'section',
    {},
    el('h3', {}, 'This decision'),
    el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    notes.length > 0 ? el('p', { class: 'hint' }, notes.join(' ')) : null,
  );
}

/** Shows in the panel what was decided and why. */
export function fillPanel(decision: Decision, took: number, items: ReadonlyMap<string, StockItem>): void {
  const panel = document.querySelector('[data-panel]');
  if (!panel) return;
  const titleOf: TitleOf = (itemId) => items.get(itemId)?.title ?? itemId.replaceAll('-', ' ');
  const open = [...Object.entries(decision.placements ?? {})].map((one) => placementPart(one, titleOf));
  open[0]?.querySelector('details')?.setAttribute('open', '');
  panel.replaceChildren(
    ...(decision.persona ? [personaPart(decision.persona, titleOf)] : []),
    ...open,
    factsPart(decision, took),
  );
}

/** The panel folds away and stays as it was left. Untouched, it is open where there is room for it. */
export function wirePanel(): void {
  const toggle = document.querySelector<HTMLButtonElement>('.panel-toggle');
  if (!toggle) return;
  const wide = matchMedia('(min-width: 900px)');
  const isOpen = (): boolean => {
    const { classList } = document.body;
    return classList.contains('panel-open') || (!classList.contains('panel-folded') && wide.matches);
  };
  const show = (): void => toggle.setAttribute('aria-expanded', String(isOpen()));
  toggle.addEventListener('click', () => {
    const state = isOpen() ? 'folded' : 'open';
    document.body.classList.remove('panel-open', 'panel-folded');
    document.body.classList.add(`panel-${state}`);
    document.cookie = `demo_panel=${state}; path=/demo; max-age=31536000; samesite=lax`;
    show();
  });
  wide.addEventListener('change', show);
  show();
}
