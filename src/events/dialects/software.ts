/**
 * Libraries by which servers report what their visitors do, as user agents name them. They look like crawlers to whoever expects a browser; no crawler
 * runs them.
 */
const SERVER_SOFTWARE =
  /^(analytics-(node|python|ruby|go|php|java|kotlin|csharp|\.net)|rudder|snowplow|node(-fetch)?\b|undici|axios|got\b|python-(requests|urllib)|aiohttp|go-http-client|okhttp|java|apache-httpclient|guzzlehttp|php|ruby|faraday)/i;

/** Whether a request's user agent is a library of a server. */
export function isServerSoftware(userAgent: string | null): boolean {
  return userAgent !== null && SERVER_SOFTWARE.test(userAgent);
}
