/** Which browsers may call. An origin is `scheme://host[:port]`, compared without case. */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a request's `Origin` may read answers and have cookies.
 * @param origin the `Origin` header
 * @param url the request's own address: its own origin is always allowed, and on a loopback host every loopback origin is
 * @param origins the shop's config
 */
export function originAllowed(origin: string, url: string, origins: readonly string[]): boolean {
  const asked = origin.toLowerCase();
  if (origins.some((allowed) => allowed.toLowerCase().replace(/\/$/, '') === asked)) return true;
  if (!URL.canParse(origin) || !URL.canParse(url)) return false;
  const own = new URL(url);
  const other = new URL(origin);
  return own.origin === other.origin || (LOOPBACK.test(own.hostname) && LOOPBACK.test(other.hostname));
}
