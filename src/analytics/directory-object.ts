import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';

export class DirectoryObject extends DurableObject<Env> {
  async sweep(_now: number): Promise<void> {}
}
