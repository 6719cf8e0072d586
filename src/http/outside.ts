/** Calls to somebody else's server: https to a name, no redirects, five seconds, 64 KB. */
const PATIENCE_MS = 5_000;
const MOST_BYTES = 64 * 1024;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const ADDRESS = /^(\[.*\]|[\d.]+|.*\.\d+)$/;
/** Names that mean something on a local network only (RFC 6761, RFC 6762, RFC 8375, and what is customary). */
const LOCAL = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|test|invalid|onion)$/;

/**
 * Whether an address may be called: https, and a name of the public internet.
 * @param allowsLoopback whether this machine may be called too, as the deployment says; no config can
 */
export function mayCall(address: string, allowsLoopback: boolean): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  if (url.username !== '' || url.password !== '') return false;
  if (LOOPBACK.test(host)) return allowsLoopback && /^https?:$/.test(url.protocol);
  return url.protocol === 'https:' && host.includes('.') && !ADDRESS.test(host) && !LOCAL.test(host);
}

async function boundedText(body: ReadableStream<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MOST_BYTES) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** What a call to somebody else's server brought. */
export type Posted = { status: number; retryAfter: string | null } | { why: string };

/**
 * Sends a body to somebody else's server; what it answers besides its status is not read.
 * @param allowLoopback the deployment's variable `ALLOW_LOOPBACK`
 * @returns why there was no answer, where that is so: it may not be called, did not answer in time, or could not be reached
 */
export async function postOutside(
  address: string,
  request: { headers: Readonly<Record<string, string>>; body: string },
  allowLoopback: string | undefined,
): Promise<Posted> {
  if (!mayCall(address, allowLoopback === 'true' || allowLoopback === '1')) return { why: 'may not be called' };
  try {
    const { headers, body } = request;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(address, { method: 'POST', headers, body, redirect: 'manual', signal });
    await answer.body?.cancel();
    return { status: answer.status, retryAfter: answer.headers.get('Retry-After') };
  } catch (error) {
    return { why: String(error).slice(0, 200) };
  }
}

/**
 * Gets a JSON document from somebody else's server.
 * @param allowLoopback the deployment's variable `ALLOW_LOOPBACK`
 * @returns undefined when it may not be called, does not answer 200 in time, or answers more than 64 KB or something that is no JSON; the reason is logged
 */
export async function getOutside(address: string, allowLoopback: string | undefined): Promise<unknown> {
  const failed = (why: string): undefined => {
    console.warn(JSON.stringify({ outside: address.slice(0, 200), failed: why }));
  };
  if (!mayCall(address, allowLoopback === 'true' || allowLoopback === '1')) return failed('may not be called');
  try {
    const answer = await fetch(address, {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status !== 200 || answer.body === null) return failed(`status ${answer.status}`);
    const text = await boundedText(answer.body);
    return text === null ? failed('too large') : JSON.parse(text);
  } catch (error) {
    return failed(String(error));
  }
}
