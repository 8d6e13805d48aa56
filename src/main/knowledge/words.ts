import { characterKind, endsSentence, kinds } from './characters'

/** What is known of a word of a text; the bits are added. */
export const wordFlags = {
  /** White space, or the beginning of the text, stands before it. */
  gap: 1,
  /** Counts as a word; symbols and a possessive 's do not. */
  counts: 2,
  endsSentence: 4,
  /** An empty line stands before it. */
  paragraph: 8,
} as const

/** Takes the words of a text, in order; offsets are UTF-16 units of the text. */
export type WordSink = (start: number, end: number, flags: number) => void

const address = /(?:https?:\/\/|www\.)[^\s<>"]+/iy

/**
 * Divides a text into words: runs of letters, digits and marks, with apostrophes and hyphens inside
 * (don't, well-made) and with points and commas inside numbers (3.5); a possessive 's is a word of
 * its own, so is each character of a script without spaces, each symbol, and a whole web address.
 * Between two words there is white space or nothing.
 */
export function readWords(text: string, sink: WordSink): void {
  const { length } = text
  let at = 0
  let flags: number = wordFlags.gap
  let lines = 0
  while (at < length) {
    const codePoint = text.codePointAt(at) ?? 0
    const width = codePoint > 0xffff ? 2 : 1
    const kind = characterKind(codePoint)
    if (kind === kinds.space || isInvisible(codePoint)) {
      flags |= wordFlags.gap
      if (codePoint === 10) lines += 1
      if (lines > 1) flags |= wordFlags.paragraph
      at += width
      continue
    }
    const start = at
    if (kind === kinds.letter || kind === kinds.digit) {
      at = endOfAddress(text, start, codePoint) ?? endOfWord(text, start)
      const body = endWithoutPossessive(text, start, at)
      sink(start, body, flags | wordFlags.counts)
      if (body < at) sink(body, at, 0)
    } else {
      at = endOfCharacter(text, start + width)
      if (kind === kinds.ideograph) flags |= wordFlags.counts
      else if (endsSentence(codePoint)) flags |= wordFlags.endsSentence
      sink(start, at, flags)
    }
    flags = 0
    lines = 0
  }
}

/** Format characters that no character carries: a byte order mark, a soft hyphen at the front. */
const isInvisible = (codePoint: number): boolean =>
  codePoint === 0xfeff || codePoint === 0xad || (codePoint >= 0x200c && codePoint <= 0x200f)

const kindAt = (text: string, at: number): number =>
  at < text.length ? characterKind(text.codePointAt(at) ?? 0) : kinds.space

const goesOn = (kind: number): boolean => kind === kinds.letter || kind === kinds.digit

function endOfWord(text: string, start: number): number {
  let at = start
  let before: number = kinds.space
  while (at < text.length) {
    const codePoint = text.codePointAt(at) ?? 0
    const width = codePoint > 0xffff ? 2 : 1
    const kind = characterKind(codePoint)
    if (kind === kinds.joiner) {
      if (!goesOn(before) || !goesOn(kindAt(text, at + width))) return at
    } else if (codePoint === 46 || codePoint === 44) {
      if (before !== kinds.digit || kindAt(text, at + 1) !== kinds.digit) return at
    } else if (kind === kinds.mark) {
      at += width
      continue
    } else if (!goesOn(kind)) return at
    before = kind
    at += width
  }
  return at
}

/** Where a web address that begins here ends, without the punctuation behind it. */
function endOfAddress(text: string, start: number, first: number): number | undefined {
  const letter = first | 32
  if (letter !== 104 && letter !== 119) return undefined
  address.lastIndex = start
  const found = address.exec(text)
  return found === null ? undefined : start + found[0].replace(/[.,;:!?)'\]]+$/, '').length
}

const isApostrophe = (code: number): boolean => code === 0x27 || code === 0x2019

function endWithoutPossessive(text: string, start: number, end: number): number {
  if (end - start < 3 || (text.charCodeAt(end - 1) | 32) !== 115) return end
  return isApostrophe(text.charCodeAt(end - 2)) ? end - 2 : end
}

const zeroWidthJoiner = 0x200d

/** With the marks behind it, and with what a zero-width joiner joins to it. */
function endOfCharacter(text: string, after: number): number {
  let at = after
  while (at < text.length) {
    const codePoint = text.codePointAt(at) ?? 0
    if (characterKind(codePoint) !== kinds.mark) return at
    at += codePoint > 0xffff ? 2 : 1
    if (codePoint === zeroWidthJoiner && kindAt(text, at) === kinds.symbol) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    }
  }
  return at
}
