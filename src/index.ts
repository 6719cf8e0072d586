import { createApp } from './app.ts';
import { runJob } from './cron.ts';
import type { Env } from './env.ts';
import type { Flush } from './learning/schema.ts';
import { consume } from './queue.ts';

export { DirectoryObject } from './analytics/directory-object.ts';
export { TallyObject } from './analytics/tally-object.ts';
export { CatalogObject } from './catalog/object.ts';
export { ConfigObject } from './config/object.ts';
export { OutboxObject } from './integrations/outbox-object.ts';
export { LearnerObject } from './learning/object.ts';
export { VisitorObject } from './visitors/object.ts';

const app = createApp({ now: () => Date.now(), random: Math.random });

export default {
  fetch: app.fetch,
  queue: consume,
  scheduled: runJob,
} satisfies ExportedHandler<Env, Flush>;
