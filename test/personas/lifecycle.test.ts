import { describe, expect, test } from 'vitest';
import { lifecycleOf } from '../../src/personas/lifecycle.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { NOW, order, profile } from '../recommendations/shop.ts';

/** Orders so many days ago. */
const bought = (...daysAgo: number[]) => profile({ orders: daysAgo.map((days, i) => order(`o${i}`, days, ['tea'])) });
const later = profile({ session: { ...profile().session, number: 3 } });

describe('the life of a customer', () => {
  test.each<[string, string, Profile | null]>([
    ['new', 'nobody that is known', null],
    ['new', 'the first visit', profile()],
    ['active', 'has come back', later],
    ['active', 'one order', bought(3)],
    ['active', 'one order, half a year ago', bought(180)],
    ['lapsed', 'one order, longer ago than that', bought(181)],
    ['active', 'two orders', bought(40, 3)],
    ['active', 'two orders, within three times the time between them', bought(130, 89)],
    ['at-risk', 'two orders, and later than that', bought(170, 129)],
    ['active', 'orders of the same day are one occasion', bought(3.4, 3.2, 3)],
    ['loyal', 'three occasions', bought(60, 30, 3)],
    ['loyal', 'once a year, and last half a year ago', bought(912, 547, 182)],
    ['loyal', 'weekly, and last two weeks ago', bought(84, 77, 70, 63, 56, 49, 42, 35, 28, 21, 14)],
    ['at-risk', 'weekly, and last nineteen days ago', bought(89, 82, 75, 68, 61, 54, 47, 40, 33, 26, 19)],
    ['lapsed', 'weekly, and last two months ago', bought(131, 124, 117, 110, 103, 96, 89, 82, 75, 68, 61)],
  ])('%s: %s', (lifecycle, _name, known) => {
    expect(lifecycleOf(known, NOW)).toBe(lifecycle);
  });

  test('what was given back altogether was not bought', () => {
    const returned = { ...order('back', 3, []), refunded: true as const };
    expect(lifecycleOf(profile({ orders: [order('a', 400, ['tea']), returned] }), NOW)).toBe('lapsed');
  });

  test('the same wait is late for who buys often, and in time for who buys seldom', () => {
    expect(lifecycleOf(bought(100, 90, 80, 70, 60), NOW)).toBe('at-risk');
    expect(lifecycleOf(bought(300, 240, 180, 120, 60), NOW)).toBe('loyal');
  });
});
