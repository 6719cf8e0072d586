/** The shop's name. Published in its config last, it is also the sign that catalogue and shoppers are in. */
export const SHOP_NAME = 'Hearth & Hedgerow';

/** Whether a published config is the one that is published last, when catalogue and shoppers are in. */
export function isFilled(published: { config: { shop?: { name?: string | undefined } | undefined } } | null): boolean {
  return published?.config.shop?.name === SHOP_NAME;
}

/** How soon somebody who found the shop shut is to look again. */
export const RETRY_SECONDS = 5;
