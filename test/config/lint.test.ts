import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { DEFAULT_PERSONAS, DEFAULT_PLACEMENTS } from '../../src/config/default-parts.ts';
import { content, DEAD, grouped, MESSAGE_FINDINGS, message, persona, running, two, waiting } from './findings.ts';
import { OTHER_FINDINGS } from './findings-elsewhere.ts';

const NOW = Date.UTC(2026, 10, 22);

describe('what is allowed, but hardly meant', () => {
  test.each([...MESSAGE_FINDINGS, ...OTHER_FINDINGS])('%s', (_what, config, path, says) => {
    const { issues, warnings } = checkConfig(config, NOW);
    expect(issues).toEqual([]);
    expect(warnings).toContainEqual({ path, message: expect.stringContaining(says) });
  });

  test('a named audience that is nobody is found where it stands and where it is used', () => {
    const audiences = { nobody: DEAD };
    const { warnings } = checkConfig({
      audiences,
      ...message({ audience: 'nobody' }),
      ...running({ audience: 'nobody' }),
    });
    expect(warnings.map(({ path }) => path)).toEqual([
      'audiences.nobody.cart.value',
      'messages.hello.audience',
      'experiments.layout.audience',
    ]);
  });

  test.each<[what: string, config: object]>([
    ['nothing', {}],
    ['what a shop begins with', { placements: DEFAULT_PLACEMENTS, personas: DEFAULT_PERSONAS }],
    ['a message of today', message({ schedule: { until: '2026-11-22' } })],
    ['a place for messages alone', { ...message({ placement: 'top' }), placements: { top: { fallback: [] } } }],
    ['waiting for a winner', waiting({ status: 'stopped', force: 'b' })],
    ['two priorities', two({ priority: 2, caps: { perDay: 1 } }, { priority: 1 })],
    ['two placements', two({}, { placement: 'cart' })],
    ['two audiences', two({ audience: { 'cart.count': 0 } }, { audience: { 'cart.count': { $gt: 0 } } })],
    [
      'two kinds of pages',
      two({ trigger: { on: 'page', page: ['cart'] } }, { trigger: { on: 'page', page: ['home', 'item'] } }),
    ],
    ['two times of the day', two({ schedule: { hours: [22, 6] } }, { schedule: { hours: [6, 22] } })],
    [
      'one after the other',
      two({ schedule: { until: '2026-12-01' } }, { schedule: { from: '2026-12-02', until: '2026-12-03' } }),
    ],
    ['a first one for who returns', two({ priority: 2, trigger: { on: 'return' } }, {})],
    ['a first one with a hole', two({ priority: 2, content: { en: { a: '{{page.title}}' } } }, {})],
    [
      'a message that an experiment brings up',
      {
        ...message({ caps: { perDay: 0 } }),
        ...running({ variations: [{ key: 'a' }, { key: 'b', changes: { 'messages.hello.caps.perDay': 1 } }] }),
      },
    ],
    ['no attention where there is no message', { attention: { perPage: 0 } }],
    ['a group that says whom it draws', grouped({ hashAttribute: 'visitorId' })],
    ['a draft', { experiments: { layout: { variations: [{ key: 'a' }], coverage: 0 } } }],
    ['a trait that is kept', message({ audience: { 'trait.plan': 'gold' } }, { identity: { traits: ['plan'] } })],
    ['a persona that is sure enough', persona({ minimumConfidence: 0.7 })],
  ])('nothing is said of %s', (_what, config) => {
    expect(checkConfig(config, NOW)).toMatchObject({ issues: [], warnings: [] });
  });

  test('five hundred messages that never meet are not in each other’s way', () => {
    const messages = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [
        `m-${i}`,
        { placement: 'home', content, audience: { 'cart.value': { $gte: i, $lt: i + 1 } } },
      ]),
    );
    const { issues, warnings } = checkConfig({ messages });
    expect(issues).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
