/** What runs in the storefront's pages: OpenFeature's SDK as a shop would bundle it, and the shop's own few lines around it. */
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import {
  type EvaluationDetails,
  type FlagValue,
  InMemoryProvider,
  OpenFeature,
  type Provider,
  ProviderEvents,
} from '@openfeature/web-sdk';

/** A flag as a bulk evaluation answers it. */
interface Evaluated {
  key: string;
  variant?: string;
  value?: FlagValue;
}

/** What the shop's server writes into the page. */
interface Boot {
  visitorId: string;
  floorwalker: string;
  /** What the bulk evaluation answered the shop's server; null: the page asks for itself. */
  flags: Evaluated[] | null;
}

const boot = JSON.parse(document.querySelector('#boot')?.textContent ?? '{}') as Boot;
const HEADERS = { Authorization: 'Bearer pk_demo', 'Content-Type': 'application/json' };
const client = OpenFeature.getClient();
const RETRY_MS = 300;

/** Events that wait until they are acknowledged, also across pages. */
const waiting = (): object[] => JSON.parse(localStorage.getItem('waiting') ?? '[]') as object[];
let isSending = false;

async function send(): Promise<void> {
  if (isSending) return;
  isSending = true;
  const events = waiting();
  try {
    const body = JSON.stringify({ visitorId: boot.visitorId, consent: 'personal', events });
    const answer = await fetch(`${boot.floorwalker}/v1/events`, {
      method: 'POST',
      headers: HEADERS,
      body,
      keepalive: true,
    });
    if (answer.status === 202) localStorage.setItem('waiting', JSON.stringify(waiting().slice(events.length)));
  } catch {
    // Nobody answers: the events wait.
  }
  isSending = false;
  if (waiting().length > 0) setTimeout(() => void send(), RETRY_MS);
}

/** @returns the event as it is sent */
function tell(said: object): object {
  const event = { eventId: crypto.randomUUID(), ...said };
  localStorage.setItem('waiting', JSON.stringify([...waiting(), event]));
  void send();
  return event;
}

function fromServer(flags: readonly Evaluated[]): Provider {
  const given = flags.flatMap(({ key, variant, value }) =>
    variant === undefined || value === undefined
      ? []
      : [[key, { variants: { [variant]: value }, defaultVariant: variant, disabled: false }]],
  );
  return new InMemoryProvider(Object.fromEntries(given)) as Provider;
}

/** Whoever is shown a flag has met its experiment. */
const met = new Set<string>();
OpenFeature.addHooks({
  after: (_context, { flagKey, variant }: EvaluationDetails<FlagValue>) => {
    if (variant === undefined || met.has(flagKey)) return;
    met.add(flagKey);
    tell({ name: 'exposure', experiment: flagKey, variation: variant });
  },
});

/** The part of the page that the experiment is about; until it says otherwise it looks as the control does. */
class ShopShelf extends HTMLElement {
  connectedCallback(): void {
    if (boot.flags === null) client.addHandler(ProviderEvents.Ready, () => this.show());
    else this.show();
  }

  show(): void {
    const { columns } = client.getObjectValue<{ columns: number }>('item-layout', { columns: 2 });
    this.dataset.columns = String(columns);
  }
}

const ofrep = (): OFREPWebProvider =>
  new OFREPWebProvider({ baseUrl: boot.floorwalker, headers: [['Authorization', 'Bearer pk_demo']] });

void OpenFeature.setContext({ targetingKey: boot.visitorId });
// As over a slow network: a page that asks is painted well before it hears.
if (boot.flags === null) setTimeout(() => OpenFeature.setProvider(ofrep() as Provider), 300);
else OpenFeature.setProvider(fromServer(boot.flags));
customElements.define('shop-shelf', ShopShelf);
void send();

/** Which looks of the shelf are in any of the pictures, by the colour of their pixels. */
async function looksIn(pictures: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const picture of pictures) {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen?.drawImage(image, 0, 0);
    const data = pen?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
    for (let i = 0; i < data.length; i += 4) {
      const red = data[i] ?? 0;
      const green = data[i + 1] ?? 0;
      const blue = data[i + 2] ?? 0;
      if (red > 150 && green < 60 && blue < 40) found.add('rgb(200, 0, 0)');
      if (red < 60 && green > 110 && blue < 40) found.add('rgb(0, 160, 0)');
    }
  }
  return [...found];
}

/** What the test does in the page, as a visitor or as the shop's own scripts would. */
Object.assign(globalThis, {
  looksIn,
  buy: (orderId: string, value: number) =>
    tell({
      name: 'purchase',
      orderId,
      currency: 'EUR',
      value,
      items: [{ itemId: 'mug', price: value, quantity: 1 }],
    }),
  waiting: () => waiting().length,
  /** What a provider that asks Floorwalker itself says in this page. */
  asked: async () => {
    await OpenFeature.setProviderAndWait('asked', ofrep() as Provider);
    return OpenFeature.getClient('asked').getObjectDetails('item-layout', { columns: 2 });
  },
});
