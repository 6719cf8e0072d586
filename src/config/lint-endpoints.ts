import type { Issue } from '../http/problems.ts';
import { pathText } from './check-shape.ts';
import type { SiteConfigInput } from './schema.ts';

/** Senders of mail who know people by their address alone. */
const BY_EMAIL: readonly (string | undefined)[] = ['resend', 'mailchimp'];

/** Endpoints that can reach nobody, and what is set up for messages that nobody hears. */
export function lintEndpoints({ endpoints = {}, identity, carts = {} }: SiteConfigInput): Issue[] {
  const keepsEmail = identity?.traits?.includes('email') === true;
  const found = Object.entries(endpoints).flatMap(([name, { shape, url }]): Issue[] => {
    const at = ['endpoints', name];
    const issues: Issue[] = [];
    if (BY_EMAIL.includes(shape) && !keepsEmail)
      issues.push({
        path: pathText([...at, 'shape']),
        message: `${shape} reaches people by their address, and identity.traits does not keep "email"; add it there`,
      });
    if (shape === 'mailchimp' && !url.includes('{email}'))
      issues.push({
        path: pathText([...at, 'url']),
        message: 'mailchimp names the member in the address; put the place {email} there',
      });
    return issues;
  });
  const isHeard = Object.values(endpoints).some(({ events }) => events.includes('cart.abandoned'));
  for (const field of ['abandonedAfterMinutes', 'restoreUrl'] as const)
    if (carts[field] !== undefined && !isHeard)
      found.push({
        path: pathText(['carts', field]),
        message: 'no endpoint asks for cart.abandoned, so nobody hears of baskets that are left; add it to one',
      });
  return found;
}
