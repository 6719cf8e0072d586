/**
 * Every way a request can fail: one row each. The slug is the end of `type` and never changes; the page at `/problems/<slug>` is made from its row.
 */
export interface ProblemRow {
  status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;
  title: string;
  /** What to do about it, for the page. */
  mend: string;
}

export const PROBLEMS = {
  malformed: {
    status: 400,
    title: 'The request cannot be read',
    mend: 'Send one JSON document, in UTF-8 without stray bytes. The detail says where reading stopped.',
  },
  'no-key': {
    status: 401,
    title: 'A key is needed',
    mend: 'Send `Authorization: Bearer <key>`. Where headers are impossible, a publishable key may travel as `?key=`.',
  },
  'unknown-key': {
    status: 401,
    title: 'This key is not known here',
    mend: 'Compare the key with those in the SHOP_KEYS secret of the deployment. A key that was rotated away stays unknown.',
  },
  'invalid-identity-token': {
    status: 401,
    title: 'The identity token does not hold',
    mend: 'Sign a fresh token with the shop’s identity secret or key: `sub` is the customerId and `exp` is required.',
  },
  'key-may-not': {
    status: 403,
    title: 'This key may not do that',
    mend: 'Call this route from a server, with a secret key. Publishable keys may only act for the visitor who uses them.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    mend: 'Compare method and path with /openapi.json.',
  },
  'unknown-item': {
    status: 404,
    title: 'The catalogue has no such item',
    mend: 'Check the itemId, letter case included, or add the item with PUT /v1/catalog/items.',
  },
  'unknown-visitor': {
    status: 404,
    title: 'Nothing is held about this visitor',
    mend: 'Check the visitorId. Somebody who was erased, or who never consented, is unknown here as well.',
  },
  'unknown-version': {
    status: 404,
    title: 'There is no such version',
    mend: 'GET /v1/config/versions lists those that exist.',
  },
  conflict: {
    status: 409,
    title: 'This contradicts what is already there',
    mend: 'Read the current state again and repeat the request if it is still wanted.',
  },
  'stale-version': {
    status: 412,
    title: 'Somebody published in between',
    mend: 'Get the current version, carry the change over to it, and send it with the new ETag in If-Match.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    mend: 'Split it into smaller requests; the detail names the limit. For compressed bodies the inflated size counts.',
  },
  'unsupported-encoding': {
    status: 415,
    title: 'This encoding is not understood',
    mend: 'Send the body as it is or with `Content-Encoding: gzip`.',
  },
  invalid: {
    status: 422,
    title: 'The request was understood, but something in it is wrong',
    mend: 'Each of the `issues` names a place in the request and what is wrong there.',
  },
  'unknown-placement': {
    status: 422,
    title: 'The shop has no such placement',
    mend: 'Use one of the placements that the detail names, or add this one to the config.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    mend: 'Wait for as many seconds as `Retry-After` says. A visitor has 600 requests a minute, and all visitors of one network (24 bits of IPv4, 48 of IPv6) have 6,000; the secret key is not limited.',
  },
  internal: {
    status: 500,
    title: 'Something broke on our side',
    mend: 'Try again; if it stays, look for the requestId in the logs of the deployment.',
  },
  'no-keys': {
    status: 503,
    title: 'This deployment has no keys yet',
    mend: 'Set them with `wrangler secret put SHOP_KEYS`, a JSON array such as ["pk_demo_…","sk_demo_…"].',
  },
  unavailable: {
    status: 503,
    title: 'Not available at the moment',
    mend: 'Repeat the request after as many seconds as `Retry-After` says. Nothing was taken, so nothing is doubled.',
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemSlug = keyof typeof PROBLEMS;

/** One thing that is wrong, and where: `path` is the way into the request (`events[3].items[0].price`), empty for the whole. */
export interface Issue {
  path: string;
  message: string;
}
