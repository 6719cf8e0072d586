/**
 * A schema of which nothing but the API document is made. Called as `/* @__PURE__ *\/ documented(() => …)` it is left out of the Worker, where the descriptions
 * of routes are; a bundler has to keep what is called in the making of a schema otherwise.
 */
export function documented<T>(make: () => T): T {
  return make();
}
