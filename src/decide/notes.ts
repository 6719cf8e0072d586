/** What an answer says about itself in words: why something stated was not used. */
import type { Caller } from '../http/visitor.ts';
import type { Standing } from '../visitors/schema.ts';
import type { DecideRequest } from './schema.ts';

/** Said to who asks for a trace without being shown one. */
export const UNTRACED = 'A trace is for the secret key: reasons are answered as for merchants.';

/** Said where a published chunk of cards is not in this location yet, or not any more. */
export const INCOMPLETE = 'Some of the learnt cards could not be read: the answer was made without them.';

export function notesOf(request: DecideRequest, caller: Caller, standing: Standing | null): string[] {
  const notes: string[] = [];
  if (standing?.isLinked && standing.customerId === null)
    notes.push('The visitor belongs to a customer who was not proven: the answer carries the visitor’s own part only.');
  if (caller.claimed !== null)
    notes.push('customerId was stated without proof: the answer carries the visitor’s own part only.');
  if (request.dryRun && request.events !== undefined) notes.push('A dry run takes no events.');
  return notes;
}
