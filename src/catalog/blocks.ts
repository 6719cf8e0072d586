/** Growing byte and number sequences for encoding: blocks are never copied until the end, so that a large catalogue is encoded within an object's memory. */

const BLOCK_BYTES = 262_144;
const ENCODER = new TextEncoder();

/** Texts one after another as UTF-8. */
export class TextBlocks {
  private readonly full: Uint8Array[] = [];
  private block = new Uint8Array(BLOCK_BYTES);
  private used = 0;
  private before = 0;

  /** Bytes so far. */
  get length(): number {
    return this.before + this.used;
  }

  /** @param text at most a block's bytes in UTF-8 */
  add(text: string): void {
    // UTF-8 takes at most three bytes for a UTF-16 code unit.
    if (text.length * 3 > BLOCK_BYTES - this.used) {
      this.full.push(this.block.subarray(0, this.used));
      this.before += this.used;
      this.block = new Uint8Array(Math.max(BLOCK_BYTES, text.length * 3));
      this.used = 0;
    }
    this.used += ENCODER.encodeInto(text, this.block.subarray(this.used)).written;
  }

  /** Writes everything into `into` from `at` on. */
  copyTo(into: Uint8Array, at: number): void {
    let to = at;
    for (const part of [...this.full, this.block.subarray(0, this.used)]) {
      into.set(part, to);
      to += part.byteLength;
    }
  }
}

/** Numbers in a typed array that doubles as it fills. */
export class Numbers<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array> {
  private values: T;
  private readonly make: (length: number) => T;
  private used = 0;

  constructor(make: (length: number) => T) {
    this.make = make;
    this.values = make(1_024);
  }

  add(value: number): void {
    if (this.used === this.values.length) {
      const larger = this.make(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.used++] = value;
  }

  /** A view of what was added. */
  taken(): T {
    return this.values.subarray(0, this.used) as T;
  }
}
