import type { WriteStream } from 'node:tty';

const WIDTH = 24;

/**
 * One line that is written over and over; where there is no terminal, one line for each new text.
 */
export function progressLine(to: WriteStream) {
  let last = '';
  return {
    /** @param share 0 to 1 */
    show(text: string, share: number): void {
      if (!to.isTTY) {
        if (text !== last) to.write(`${text} …\n`);
        last = text;
        return;
      }
      const done = Math.round(Math.max(0, Math.min(1, share)) * WIDTH);
      to.write(`\r\x1b[2K${'█'.repeat(done)}${'░'.repeat(WIDTH - done)} ${text}`);
    },
    end(): void {
      if (to.isTTY) to.write('\r\x1b[2K');
    },
  };
}
