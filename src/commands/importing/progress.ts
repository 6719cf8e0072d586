/** A progress bar with rate and remaining time; plain lines, every few seconds, where there is no terminal. */

export interface Work {
  label: string;
  /** What is counted, in the plural. */
  unit: string;
  /** Null while nobody knows. */
  total: number | null;
}

export interface Progress {
  start(work: Work): void;
  /** @param done in the work's unit; @param share of the whole, 0 to 1, where the total is not known */
  update(done: number, share?: number): void;
  /** A line above the bar. */
  say(line: string): void;
  end(): void;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 5_000;

/** `0:42`, `1:02:03`. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/**
 * One state of the work in words.
 * @param now.elapsed milliseconds since it began
 * @param now.share of the whole that is done, null when unknown
 */
export function describeProgress(work: Work, now: { done: number; share: number | null; elapsed: number }): string {
  const count = (value: number) => Math.round(value).toLocaleString('en-GB');
  const of = work.total === null ? '' : `/${count(work.total)}`;
  const rate = now.elapsed > 0 ? (now.done / now.elapsed) * 1000 : 0;
  const parts = [`${count(now.done)}${of} ${work.unit}`, `${count(rate)}/s`];
  if (now.share !== null && now.share > 0 && now.share < 1)
    parts.push(`${clockOf((now.elapsed * (1 - now.share)) / now.share)} left`);
  return parts.join(', ');
}

export function createProgress(to: NodeJS.WriteStream, now: () => number): Progress {
  let work: Work | null = null;
  let startedAt = 0;
  let shownAt = 0;
  let done = 0;
  let share: number | null = null;
  const draw = (): void => {
    if (work === null) return;
    shownAt = now();
    const words = describeProgress(work, { done, share, elapsed: shownAt - startedAt });
    const percent = share === null ? '' : `${String(Math.floor(share * 100)).padStart(3)} % `;
    if (!to.isTTY) {
      to.write(`${work.label}: ${percent.trimStart()}${words}\n`);
      return;
    }
    const filled = Math.round((share ?? 0) * BAR_WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
    to.write(`\r\x1b[K${`${work.label} ${bar} ${percent}${words}`.slice(0, to.columns - 1)}`);
  };
  return {
    start(next) {
      work = next;
      startedAt = now();
      shownAt = startedAt;
      done = 0;
      share = null;
    },
    update(count, part) {
      done = count;
      share = part ?? (work?.total ? Math.min(1, count / work.total) : null);
      if (now() - shownAt >= (to.isTTY ? REDRAW_MS : LINE_EVERY_MS)) draw();
    },
    say(line) {
      to.write(to.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`);
    },
    end() {
      if (work === null) return;
      share = 1;
      draw();
      if (to.isTTY) to.write('\n');
      work = null;
    },
  };
}
