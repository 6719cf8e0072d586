/** Pounds as the shop writes them: `£16`, `£3.20`. */
export function formatPrice(pounds: number): string {
  return `£${Number.isInteger(pounds) ? pounds : pounds.toFixed(2)}`;
}
