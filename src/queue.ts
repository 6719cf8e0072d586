import type { Env } from './env.ts';
import type { Flush } from './learning/schema.ts';

export async function consume(batch: MessageBatch<Flush>, _env: Env): Promise<void> {
  batch.ackAll();
}
