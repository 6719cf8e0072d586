import { type Random, seededRandom } from '../../shared/random.ts';

/**
 * A generator for billions of draws, of which a simulation has more than the 2³² states that a small generator returns to: Chris Doty-Humphrey's sfc32 (PractRand), whose
 * period is 2⁶⁴ at the least.
 * @param seed an unsigned 32-bit integer
 */
export function longRandom(seed: number): Random {
  const start = seededRandom(seed);
  let [a, b, c, counter] = [0, 0, 0, 1];
  const next: Random = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  [a, b, c] = [start, start, start].map((draw) => Math.floor(draw() * 4_294_967_296) | 0) as [number, number, number];
  for (let i = 0; i < 12; i++) next();
  return next;
}
