import { want } from './quiet.ts';
import type { Observation } from './schema.ts';
import type { VisitorState } from './state.ts';

/** Takes over whose memory it is and how long it is kept, in place. */
export function adopt(
  { core }: VisitorState,
  observation: Pick<Observation, 'shop' | 'sender' | 'network' | 'sessionMinutes' | 'retention' | 'quiet'>,
): void {
  core.shop = observation.shop;
  core.sender = observation.sender;
  core.network = observation.network;
  core.sessionMinutes = observation.sessionMinutes;
  core.retention = observation.retention;
  if (observation.quiet !== undefined) want(core, observation.quiet);
}
