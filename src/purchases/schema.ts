/** An item that a recommendation brought the visitor to. */
export interface Reached {
  itemId: string;
  /** Its card key, which variants of an item share. */
  key: number;
  /** Last, by that recommendation. */
  at: number;
  /** A hash of the recommendationId. */
  recommendation: number;
  placement: string;
  strategy: string;
  /** It was put into the basket. */
  isInBasket?: true;
}
