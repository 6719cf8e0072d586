const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The bytes of a signing secret: base64 behind `whsec_`, as Standard Webhooks has it; anything else counts as the text that it is. */
function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : null;
  if (text === null || !BASE64.test(text) || text.length % 4 !== 0)
    return Uint8Array.from(new TextEncoder().encode(secret));
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * The headers that vouch for a message (Standard Webhooks 1.0, "Signature scheme": HMAC-SHA-256 over id, time and body).
 * @param at epoch milliseconds of this attempt
 */
export async function signedHeaders(
  secret: string,
  message: { messageId: string; at: number; body: string },
): Promise<Record<string, string>> {
  const seconds = String(Math.floor(message.at / 1000));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), algorithm, false, ['sign']);
  const text = new TextEncoder().encode(`${message.messageId}.${seconds}.${message.body}`);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, text));
  return {
    'webhook-id': message.messageId,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  };
}
