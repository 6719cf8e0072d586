import * as z from 'zod';
import { UsageError } from '../importing/options.ts';
import { ImportError } from '../importing/read.ts';

/**
 * Runs a command and says plainly what went wrong.
 * @returns the exit code: 0, 2 for wrong usage, 130 for an interruption, 1 for everything else
 */
export async function attempt(run: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort(new ImportError('Interrupted. The same command begins anew.')));
  try {
    await run(interruption.signal);
    return 0;
  } catch (error) {
    const known: unknown = interruption.signal.aborted ? interruption.signal.reason : error;
    if (known instanceof ImportError) console.error(known.message);
    else if (known instanceof z.ZodError)
      console.error(`The server answers otherwise than Floorwalker does. Is --url right?\n${z.prettifyError(known)}`);
    else console.error(known);
    if (interruption.signal.aborted) return 130;
    return known instanceof UsageError ? 2 : 1;
  }
}
