import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance } from '../../src/learning/advance.ts';
import { type Cards, createCards } from '../../src/learning/cards.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { addTo, createSlots, SLOTS, type Slots } from '../../src/learning/slots.ts';
import { encodeUpload } from '../../src/learning/stored.ts';
import { DAY_MS, landmarkFor } from '../../src/shared/decay.ts';

const HALF_LIFE_MS = 60 * DAY_MS;
const STEP_MS = 32 * HALF_LIFE_MS;

const weightsOf = (slots: Slots | undefined) =>
  Object.fromEntries(Array.from({ length: slots?.size ?? 0 }, (_, i) => [slots?.keys[i], slots?.weights[i]]));
const othersOf = (slots: Slots | undefined) =>
  Object.fromEntries(Array.from({ length: slots?.size ?? 0 }, (_, i) => [slots?.keys[i], slots?.others?.[i] ?? 0]));
const count = (cards: Cards, column: 'views' | 'ownViews' | 'bought' | 'baskets' | 'trending', key: number) =>
  cards.counts[column][cards.counts.slots.get(key) ?? -1];

const view = (key: number, previous: number[], more: { at?: number; length?: number; own?: boolean } = {}) => ({
  key,
  previous,
  at: 0,
  length: previous.length + 1,
  own: false,
  ...more,
});

describe('a view', () => {
  test('weighs g/d forwards and 0.6·g/d backwards, g damped by the length of the session', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, view(3, [2, 1], { length: 16 }));
    // g = 1/16^0.25 = 0.5
    expect(weightsOf(cards.shelf.find(2)?.viewed)).toEqual({ 3: 0.5 });
    expect(weightsOf(cards.shelf.find(1)?.viewed)).toEqual({ 3: 0.25 });
    expect(weightsOf(cards.shelf.find(3)?.viewed)).toEqual({ 2: 0.3, 1: 0.15 });
    expect(count(cards, 'views', 3)).toBe(1);
    expect(count(cards, 'views', 2)).toBeUndefined();
  });

  test('a half-life later weighs twice as much in what is stored', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, view(2, [1], { length: 16 }));
    learnView(cards, view(2, [1], { length: 16, at: HALF_LIFE_MS }));
    expect(weightsOf(cards.shelf.find(1)?.viewed)).toEqual({ 2: 1.5 });
    expect(count(cards, 'views', 2)).toBe(3);
    expect(cards.newest).toBe(HALF_LIFE_MS);
  });

  test('is not related to itself, but to every earlier occurrence of another item, up to ten steps back', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, view(1, [1, 2, 1, 2, 5, 5, 5, 5, 5, 6, 7], { length: 1 }));
    expect(weightsOf(cards.shelf.find(2)?.viewed)).toEqual({ 1: 1 / 2 + 1 / 4 });
    expect(weightsOf(cards.shelf.find(6)?.viewed)).toEqual({ 1: 1 / 10 });
    expect(cards.shelf.find(7)).toBeUndefined();
    expect(Object.keys(weightsOf(cards.shelf.find(1)?.viewed))).toEqual(['2', '5', '6']);
  });

  test('that our own recommendation brought about is kept apart', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, view(2, [1], { length: 1 }));
    expect(cards.shelf.find(1)?.viewed.others).toBeNull();
    learnView(cards, view(2, [1], { length: 1, own: true }));
    expect(weightsOf(cards.shelf.find(1)?.viewed)).toEqual({ 2: 1 });
    expect(othersOf(cards.shelf.find(1)?.viewed)).toEqual({ 2: 1 });
    expect([count(cards, 'views', 2), count(cards, 'ownViews', 2), count(cards, 'trending', 2)]).toEqual([1, 1, 2]);
  });
});

describe('an order', () => {
  test('gives each pair of its distinct items 1/√(size − 1) and one common basket', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnBasket(cards, { keys: [1, 2, 2, 3, 4, 5], at: HALF_LIFE_MS, learn: true });
    expect(weightsOf(cards.shelf.find(1)?.bought)).toEqual({ 2: 1, 3: 1, 4: 1, 5: 1 });
    expect(othersOf(cards.shelf.find(1)?.bought)).toEqual({ 2: 2, 3: 2, 4: 2, 5: 2 });
    expect([count(cards, 'baskets', 2), count(cards, 'bought', 2)]).toEqual([2, 1]);
  });

  test.each([
    ['of one item counts, and relates nothing', { keys: [1], at: 0, learn: true }, 1],
    ['that must not be learnt leaves no trace', { keys: [1, 2], at: 0, learn: false }, undefined],
    ['without items is none', { keys: [], at: 0, learn: true }, undefined],
  ])('%s', (_, basket, baskets) => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnBasket(cards, basket);
    expect(count(cards, 'baskets', 1)).toBe(baskets);
    expect([...cards.shelf.loaded()]).toEqual([]);
  });
});

describe('slots', () => {
  test.each(['viewed', 'bought'] as const)(
    'of what is %s: when all are taken the smallest gives way, and the new one starts from nothing',
    (relation) => {
      const slots = createSlots();
      const add = (neighbour: number, weight: number, other: number) =>
        addTo(slots, { relation, neighbour, weight, other });
      for (let i = 0; i < SLOTS[relation]; i++) add(i, i === 40 ? 0.5 : i + 1, 0);
      add(5_000, 0.25, 0);
      expect(slots.size).toBe(SLOTS[relation]);
      expect(slots.keys.includes(40)).toBe(false);
      expect(weightsOf(slots)[5_000]).toBe(0.25);
      add(5_001, 7, 2);
      expect(slots.keys.includes(5_000)).toBe(false);
      expect([weightsOf(slots)[5_001], othersOf(slots)[5_001]]).toEqual([7, 2]);
    },
  );

  test.each([
    ['viewed', 'what our own recommendations brought about holds its place', true],
    ['bought', 'a companion of large baskets gives way before one of small ones', false],
  ] as const)('of what is %s: %s', (relation, _, isKept) => {
    const slots = createSlots();
    for (let neighbour = 0; neighbour < SLOTS[relation]; neighbour++)
      addTo(slots, { relation, neighbour, weight: neighbour === 40 ? 1 : 2, other: neighbour === 40 ? 9 : 2 });
    addTo(slots, { relation, neighbour: 5_000, weight: 1, other: 1 });
    expect(slots.keys.includes(40)).toBe(isKept);
  });
});

describe('landmarks', () => {
  test('move on by exact powers of two: it does not matter when', () => {
    const age = fc.integer({ min: 0, max: STEP_MS - 1 });
    fc.assert(
      fc.property(fc.array(age, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (times, steps) => {
        const [early, late] = [createCards({ halfLifeMs: HALF_LIFE_MS }), createCards({ halfLifeMs: HALF_LIFE_MS })];
        for (const at of times) for (const cards of [early, late]) learnView(cards, view(2, [1], { at }));
        for (let step = 1; step <= steps; step++) advance(early, step * STEP_MS);
        advance(late, steps * STEP_MS);
        expect(encodeUpload(early, [1, 2])).toEqual(encodeUpload(late, [1, 2]));
        expect(early.landmark).toBe(landmarkFor(steps * STEP_MS, HALF_LIFE_MS));
        const direct = createCards({ halfLifeMs: HALF_LIFE_MS });
        for (const at of times) learnView(direct, view(2, [1], { at }));
        expect(weightsOf(early.shelf.find(1)?.viewed)[2]).toBe(
          (weightsOf(direct.shelf.find(1)?.viewed)[2] ?? 0) * 2 ** (-32 * steps),
        );
      }),
    );
  });
});
