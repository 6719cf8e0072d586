declare namespace Cloudflare {
  interface Env extends __FloorwalkerEnv {}
  interface GlobalProps {
    mainModule: typeof import('../../src/index.ts');
  }
}
type __FloorwalkerEnv = import('../../src/env.ts').Env;
