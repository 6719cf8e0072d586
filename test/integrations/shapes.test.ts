import { describe, expect, test } from 'vitest';
import type { OutgoingEvent, Shape } from '../../src/integrations/schema.ts';
import { shapeRequest } from '../../src/integrations/shapes.ts';
import { NOON } from '../support/events.ts';

const EVENT: OutgoingEvent = {
  messageId: 'msg_1',
  type: 'cart.abandoned',
  subject: 'c:c1',
  at: NOON,
  contact: { customerId: 'c1', email: 'anna+shop@shop.example' },
  data: { cart: { value: 12.5, currency: 'GBP', lines: [{ itemId: 'tea' }] }, restoreUrl: 'https://shop.example/r' },
};

function shaped(shape: Shape, event: OutgoingEvent = EVENT, url = 'https://receiver.example/in') {
  const made = shapeRequest(event, { url, shape }, 'KEY');
  return 'cannot' in made ? made : { url: made.url, headers: made.headers, body: JSON.parse(made.body) };
}

describe('an event is told', () => {
  test('as a Standard Webhook: what, when, and its own fields', () => {
    expect(shaped('standard')).toEqual({
      url: 'https://receiver.example/in',
      headers: { 'Content-Type': 'application/json' },
      body: { type: 'cart.abandoned', timestamp: '2026-11-22T12:00:00.000Z', data: EVENT.data },
    });
  });

  test('to Klaviyo: as an event of a profile under a metric, once by its id, with what it is worth', () => {
    const { headers, body } = shaped('klaviyo') as { headers: object; body: { data: { attributes: object } } };
    expect(headers).toMatchObject({ Authorization: 'Klaviyo-API-Key KEY', revision: '2026-10-15' });
    expect(body.data.attributes).toEqual({
      unique_id: 'msg_1',
      time: '2026-11-22T12:00:00.000Z',
      value: 12.5,
      value_currency: 'GBP',
      properties: EVENT.data,
      metric: { data: { type: 'metric', attributes: { name: 'Abandoned Cart' } } },
      profile: { data: { type: 'profile', attributes: { email: 'anna+shop@shop.example', external_id: 'c1' } } },
    });
  });

  test('to Brevo: by a name without dots', () => {
    expect(shaped('brevo')).toMatchObject({
      headers: { 'api-key': 'KEY' },
      body: {
        event_name: 'cart_abandoned',
        identifiers: { email_id: 'anna+shop@shop.example', ext_id: 'c1' },
        event_properties: EVENT.data,
      },
    });
  });

  test('to Resend: as the event that an automation waits for, idempotent by its id', () => {
    expect(shaped('resend')).toMatchObject({
      headers: { Authorization: 'Bearer KEY', 'Idempotency-Key': 'msg_1' },
      body: { event: 'cart.abandoned', email: 'anna+shop@shop.example', payload: EVENT.data },
    });
  });

  test('to Mailchimp: at the member’s own address, with texts for properties', () => {
    const at = 'https://us1.api.mailchimp.com/3.0/lists/l1/members/{email}/events';
    expect(shaped('mailchimp', EVENT, at)).toMatchObject({
      url: 'https://us1.api.mailchimp.com/3.0/lists/l1/members/anna%2Bshop%40shop.example/events',
      headers: { Authorization: `Basic ${btoa('floorwalker:KEY')}` },
      body: {
        name: 'cart_abandoned',
        properties: { restoreUrl: 'https://shop.example/r', cart: JSON.stringify(EVENT.data.cart) },
      },
    });
  });

  test.each<[Shape, OutgoingEvent['contact']]>([
    ['resend', { customerId: 'c1', email: null }],
    ['mailchimp', { customerId: 'c1', email: null }],
    ['klaviyo', { customerId: null, email: null }],
    ['brevo', { customerId: null, email: null }],
  ])('not to %s where nobody can be reached', (shape, contact) => {
    expect(shaped(shape, { ...EVENT, contact })).toMatchObject({
      cannot: expect.stringContaining('nobody can be reached'),
    });
  });
});
