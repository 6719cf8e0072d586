import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWindows, type Segment } from '../../src/analytics/windows.ts';

const window = (sender: string, number: number, events = 1, openedAt = 1_000) => ({
  sender,
  window: number,
  events,
  openedAt,
});

test('a window is pending from its opening to its settling', () => {
  const windows = openWindows([]);
  windows.open(window('v:a', 1, 3));
  windows.open(window('v:b', 1, 2));
  expect(windows.pending()).toBe(5);
  windows.settle([{ sender: 'v:a', window: 1 }]);
  expect(windows.pending()).toBe(2);
  windows.settle([{ sender: 'v:b', window: 1 }]);
  expect(windows.pending()).toBe(0);
});

test('repeated openings and settlings change nothing', () => {
  const windows = openWindows([]);
  expect(windows.open(window('v:a', 1, 3))).not.toBeNull();
  expect(windows.open(window('v:a', 1, 3))).toBeNull();
  expect(windows.pending()).toBe(3);
  expect(windows.settle([{ sender: 'v:a', window: 1 }])).toHaveLength(1);
  expect(windows.settle([{ sender: 'v:a', window: 1 }])).toHaveLength(0);
});

test('an opening that arrives after its settling stays closed, once', () => {
  const windows = openWindows([]);
  windows.settle([{ sender: 'v:a', window: 1 }]);
  expect(windows.open(window('v:a', 1))).toBeNull();
  expect(windows.pending()).toBe(0);
});

test('settling a newer window leaves the older one open, and the other way round', () => {
  const windows = openWindows([]);
  windows.open(window('v:a', 1, 10));
  windows.open(window('v:a', 2, 1));
  windows.settle([{ sender: 'v:a', window: 2 }]);
  expect(windows.pending()).toBe(10);
  windows.open(window('v:a', 3, 100));
  windows.settle([{ sender: 'v:a', window: 1 }]);
  expect(windows.pending()).toBe(100);
});

test('senders are found by the age of their windows', () => {
  const windows = openWindows([]);
  windows.open(window('v:old', 1, 1, 1_000));
  windows.open(window('v:old', 2, 1, 1_500));
  windows.open(window('c:young', 1, 1, 3_000));
  expect(windows.senders(2_000)).toEqual(['v:old']);
  expect(windows.senders(3_001)).toEqual(['v:old', 'c:young']);
  expect(windows.senders(1_000)).toEqual([]);
  expect(windows.windowsOf('v:old')).toEqual([1, 2]);
});

test('a thousand visits write little more than a row each', () => {
  const windows = openWindows([]);
  let written = 0;
  for (let i = 0; i < 1_000; i++) if (windows.open(window(`v:${i}`, 1)) !== null) written += 1;
  for (let i = 0; i < 1_000; i += 50)
    written += windows.settle(Array.from({ length: 50 }, (_, j) => ({ sender: `v:${i + j}`, window: 1 }))).length;
  expect(written).toBeLessThanOrEqual(1_050);
  expect(windows.pending()).toBe(0);
});

test('what was written is what was remembered, whatever happened', () => {
  const act = fc.record({
    kind: fc.constantFrom('open', 'settle', 'load'),
    sender: fc.constantFrom('v:a', 'v:b', 'c:c'),
    window: fc.integer({ min: 1, max: 60 }),
    events: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 150 }), (acts) => {
      const rows = new Map<number, Segment>();
      const write = (segment: Segment): void => {
        if (segment.windows.length === 0) rows.delete(segment.n);
        else rows.set(segment.n, structuredClone(segment));
      };
      const stored = () => structuredClone([...rows.values()]);
      let windows = openWindows([]);
      for (const { kind, sender, window: number, events } of acts) {
        if (kind === 'load') windows = openWindows(stored());
        else if (kind === 'settle') windows.settle([{ sender, window: number }]).forEach(write);
        else {
          const segment = windows.open(window(sender, number, events));
          if (segment !== null) write(segment);
        }
        expect(openWindows(stored()).pending()).toBe(windows.pending());
      }
    }),
  );
});
