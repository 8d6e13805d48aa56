/** A set of rows, one bit a row. */
export class Bits {
  readonly size: number
  readonly #words: Uint32Array

  constructor(size: number) {
    this.size = size
    this.#words = new Uint32Array((size + 31) >>> 5)
  }

  add(at: number): void {
    const word = at >>> 5
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (at & 31))
  }

  has(at: number): boolean {
    return (((this.#words[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1
  }

  not(): Bits {
    const result = new Bits(this.size)
    this.#words.forEach((word, at) => {
      result.#words[at] = ~word
    })
    const over = this.size & 31
    const last = this.#words.length - 1
    if (over > 0) result.#words[last] = (result.#words[last] ?? 0) & ((1 << over) - 1)
    return result
  }

  and(other: Bits): Bits {
    const result = new Bits(this.size)
    this.#words.forEach((word, at) => {
      result.#words[at] = word & (other.#words[at] ?? 0)
    })
    return result
  }

  or(other: Bits): Bits {
    const result = new Bits(this.size)
    this.#words.forEach((word, at) => {
      result.#words[at] = word | (other.#words[at] ?? 0)
    })
    return result
  }

  count(): number {
    let sum = 0
    for (const word of this.#words) sum += ones(word)
    return sum
  }

  /** Members, ascending. */
  members(): Int32Array {
    const members = new Int32Array(this.count())
    let next = 0
    for (let index = 0; index < this.#words.length; index += 1) {
      let left = this.#words[index] ?? 0
      while (left !== 0) {
        members[next] = 32 * index + 31 - Math.clz32(left & -left)
        next += 1
        left &= left - 1
      }
    }
    return members
  }

  forEach(visit: (at: number) => void): void {
    for (const at of this.members()) visit(at)
  }
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
