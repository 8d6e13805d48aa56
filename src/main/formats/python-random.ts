/**
 * Python's `random.Random(seed)`: the Mersenne Twister MT19937 (Matsumoto & Nishimura 1998), seeded
 * by array as CPython does it, so that rows are shuffled exactly as a Python script shuffles them.
 */
export class PythonRandom {
  private readonly state = new Uint32Array(624)
  private index = 624

  /** @param seed a whole number from 0 to 2^32 − 1 */
  constructor(seed: number) {
    this.seedByArray([seed >>> 0])
  }

  private seedByNumber(seed: number): void {
    this.state[0] = seed >>> 0
    for (let at = 1; at < 624; at += 1) {
      const previous = this.word(at - 1)
      this.state[at] = Math.imul(1812433253, previous ^ (previous >>> 30)) + at
    }
  }

  private seedByArray(key: readonly number[]): void {
    this.seedByNumber(19650218)
    let at = 1
    let place = 0
    const advance = (): void => {
      at += 1
      if (at < 624) return
      this.state[0] = this.word(623)
      at = 1
    }
    for (let count = Math.max(624, key.length); count > 0; count -= 1) {
      const previous = this.word(at - 1)
      const mixed = Math.imul(previous ^ (previous >>> 30), 1664525)
      this.state[at] = (this.word(at) ^ mixed) + (key[place] ?? 0) + place
      place = (place + 1) % key.length
      advance()
    }
    for (let count = 623; count > 0; count -= 1) {
      const previous = this.word(at - 1)
      const mixed = Math.imul(previous ^ (previous >>> 30), 1566083941)
      this.state[at] = (this.word(at) ^ mixed) - at
      advance()
    }
    this.state[0] = 0x80000000
  }

  private word(at: number): number {
    return this.state[at] ?? 0
  }

  private refill(): void {
    for (let at = 0; at < 624; at += 1) {
      const joined = (this.word(at) & 0x80000000) | (this.word((at + 1) % 624) & 0x7fffffff)
      const twisted = (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0)
      this.state[at] = this.word((at + 397) % 624) ^ twisted
    }
    this.index = 0
  }

  /** `getrandbits(bits)`, for 1 to 32 bits. */
  bits(bits: number): number {
    if (this.index >= 624) this.refill()
    let drawn = this.word(this.index)
    this.index += 1
    drawn ^= drawn >>> 11
    drawn ^= (drawn << 7) & 0x9d2c5680
    drawn ^= (drawn << 15) & 0xefc60000
    drawn ^= drawn >>> 18
    return drawn >>> (32 - bits)
  }

  /** `_randbelow(limit)`: a whole number from 0 to below `limit`. */
  below(limit: number): number {
    const bits = 32 - Math.clz32(limit)
    let drawn = this.bits(bits)
    while (drawn >= limit) drawn = this.bits(bits)
    return drawn
  }

  /** `shuffle(items)`, in place. */
  shuffle<T>(items: T[]): void {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1)
      const [a, b] = [items[last], items[other]]
      if (a === undefined || b === undefined) continue
      items[last] = b
      items[other] = a
    }
  }
}
