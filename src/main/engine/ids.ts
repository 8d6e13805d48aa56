import { randomBytes } from 'node:crypto'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Twelve random base-32 characters behind a prefix: 60 bits, `run_k3f9…`. */
export function newId<Id extends string>(prefix: string): Id {
  const characters = [...randomBytes(12)].map((byte) => alphabet[byte % alphabet.length] ?? 'a')
  return `${prefix}_${characters.join('')}` as Id
}
