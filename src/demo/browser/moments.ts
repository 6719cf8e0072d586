/** The moments that messages wait for, as a page finds them. */
import type { Trigger } from './answer.ts';

/** What somebody does who is there. */
const STIRS = ['pointermove', 'pointerdown', 'keydown', 'scroll'] as const;

/** How much of the page has been looked at, in percent. */
const seenPercent = (): number => ((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100;

/** Calls once when the moment comes; not at all once the message has waited too long. */
export function whenItComes(trigger: Trigger, show: () => void): void {
  const { on, afterSeconds = 0, percent = 0, withinSeconds } = trigger;
  const over = new AbortController();
  const { signal } = over;
  const come = (): void => {
    if (signal.aborted) return;
    over.abort();
    show();
  };
  if (withinSeconds !== undefined) setTimeout(() => over.abort(), withinSeconds * 1000);
  if (on === 'exit') document.documentElement.addEventListener('mouseleave', come, { signal });
  else if (on === 'scroll') {
    const look = (): void => {
      if (seenPercent() >= percent) come();
    };
    document.addEventListener('scroll', look, { signal, passive: true });
  } else if (on === 'idle') {
    let waits = setTimeout(come, afterSeconds * 1000);
    const stir = (): void => {
      clearTimeout(waits);
      waits = setTimeout(come, afterSeconds * 1000);
    };
    for (const name of STIRS) document.addEventListener(name, stir, { signal, passive: true });
  } else if (afterSeconds > 0) setTimeout(come, afterSeconds * 1000);
  else come();
}
