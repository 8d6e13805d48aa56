/**
 * xoshiro128** (Blackman & Vigna 2018), seeded by splitmix32: the same numbers on every machine
 * and in every version of Node.
 */
export interface Random {
  /** A whole number from 0 to 2^32 − 1. */
  next(): number
  /** A whole number from 0 to below `limit` (at most 2^32), every one equally likely. */
  below(limit: number): number
}

/** A generator of its own for each combination of seeds, for example (data seed, epoch). */
export function createRandom(...seeds: readonly number[]): Random {
  let word = 0x9e3779b9
  for (const seed of seeds) word = mix((word ^ (seed >>> 0)) + 0x9e3779b9)
  const step = (): number => {
    word = (word + 0x9e3779b9) >>> 0
    return mix(word)
  }
  return randomFrom([step(), step(), step(), step()])
}

/** A generator that starts from these four words. */
export function randomFrom(words: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = words
  if ((a | b | c | d) === 0) a = 1

  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  return {
    next,
    below: (limit) => {
      const unbiased = 2 ** 32 - (2 ** 32 % limit)
      let drawn = next()
      while (drawn >= unbiased) drawn = next()
      return drawn % limit
    },
  }
}

/** Fisher–Yates in place; returns the same array. */
export function shuffleInPlace<List extends Int32Array | unknown[]>(
  items: List,
  random: Random,
): List {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1)
    const kept = items[last]
    items[last] = items[other]
    items[other] = kept
  }
  return items
}

/** The numbers from 0 to below `count`, in random order. */
export const permutation = (count: number, random: Random): Int32Array =>
  shuffleInPlace(
    Int32Array.from({ length: count }, (_, at) => at),
    random,
  )

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

function mix(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
