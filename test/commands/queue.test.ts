import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LAST_ATTEMPT } from '../../src/queue.ts';

/** The settings of a queue's consumer. */
function consumerOf(queue: string): Record<string, string> {
  const text = readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8');
  for (const section of text.split('[[queues.consumers]]').slice(1)) {
    const lines = section.split('\n\n')[0]?.split('\n') ?? [];
    const settings = Object.fromEntries(lines.filter((line) => line.includes(' = ')).map((line) => line.split(' = ')));
    if (settings.queue === `"${queue}"`) return settings;
  }
  return {};
}

test('the attempt that the consumer takes for the last is the last', () => {
  expect(Number(consumerOf('interactions').max_retries) + 1).toBe(LAST_ATTEMPT);
});

test('what is dead is consumed, so that it can be seen', () => {
  const { dead_letter_queue } = consumerOf('interactions');
  expect(dead_letter_queue).toBe('"interactions-dead"');
  expect(Number(consumerOf('interactions-dead').max_retries)).toBeGreaterThan(50);
});
