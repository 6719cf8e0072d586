import { Layout, Row } from './layout.tsx';

export const BasketPage = () => (
  <Layout title="Your basket" facts={{ type: 'cart', slots: [{ placement: 'cart' }] }}>
    <div class="heading">
      <h1>Your basket</h1>
    </div>
    <div data-basket>
      <p>One moment…</p>
    </div>
    <Row placement="cart" />
  </Layout>
);

interface FieldProps {
  name: string;
  text: string;
  value: string;
  autocomplete: string;
}

const Field = ({ name, text, value, autocomplete }: FieldProps) => (
  <p class="field">
    <label for={name}>{text}</label>
    <input id={name} name={name} value={value} autocomplete={autocomplete} required />
  </p>
);

export const CheckoutPage = () => (
  <Layout title="Checkout" facts={{ type: 'checkout', slots: [] }}>
    <div class="heading">
      <h1>Checkout</h1>
      <p>This is a demo: no payment, no parcel. What you type stays in your browser; only the order itself is sent.</p>
    </div>
    <div class="checkout">
      <form data-checkout>
        <Field name="name" text="Name" value="Robin Hedges" autocomplete="name" />
        <Field name="street" text="Street and number" value="4 Orchard Lane" autocomplete="street-address" />
        <Field name="town" text="Town and postcode" value="Little Thyme, HH1 2TH" autocomplete="address-level2" />
        <p class="field-check">
          <label>
            <input type="checkbox" name="gift" /> <span>It is a present</span>
          </label>
        </p>
        <button type="submit" class="primary">
          Buy (no payment)
        </button>
      </form>
      <section class="summary" data-summary aria-label="Your order" />
    </div>
  </Layout>
);

export const ThanksPage = () => (
  <Layout title="Thank you" facts={{ type: 'thanks', slots: [{ placement: 'thanks' }] }}>
    <div class="heading">
      <h1>Thank you!</h1>
      <p data-thanks>Your order is on its way to nowhere in particular.</p>
      <p>
        <a href="/demo/account">See what you have bought</a>
      </p>
    </div>
    <Row placement="thanks" />
  </Layout>
);

export const AccountPage = () => (
  <Layout title="Recently bought" facts={{ type: 'account', slots: [{ placement: 'account' }] }}>
    <div class="heading">
      <h1>Recently bought</h1>
      <p>What you have bought here, newest first, and when it may be time for more.</p>
    </div>
    <div data-bought>
      <p>One moment…</p>
    </div>
    <Row placement="account" />
  </Layout>
);
