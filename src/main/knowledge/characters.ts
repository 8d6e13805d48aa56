/** What a character does in a text that is divided into words. */
export const kinds = {
  unknown: 0,
  space: 1,
  /** Goes on in a word: letters, numbers that are no digits, underscores. */
  letter: 2,
  digit: 3,
  /** A word of its own: scripts that are written without spaces. */
  ideograph: 4,
  /** Belongs to what stands before it: combining marks, joiners, skin tones. */
  mark: 5,
  /** Inside a word between letters: apostrophes and hyphens. */
  joiner: 6,
  symbol: 7,
} as const

const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u

function classify(character: string): number {
  if (/[\s\p{Z}\p{Cc}\u200b]/u.test(character)) return kinds.space
  if (/['’ʼ＇\-‐‑]/.test(character)) return kinds.joiner
  if (/[\p{M}\p{Cf}\u{1f3fb}-\u{1f3ff}]/u.test(character)) return kinds.mark
  if (/\p{Nd}/u.test(character)) return kinds.digit
  if (/[\p{L}\p{N}_]/u.test(character)) {
    return withoutSpaces.test(character) ? kinds.ideograph : kinds.letter
  }
  return kinds.symbol
}

const known = new Uint8Array(0x110000)

/** The kind of a code point; lone surrogates are symbols. */
export function characterKind(codePoint: number): number {
  const before = known[codePoint] ?? kinds.symbol
  if (before !== kinds.unknown) return before
  const kind = classify(String.fromCodePoint(codePoint))
  known[codePoint] = kind
  return kind
}

const sentenceEnds = new Set(Array.from('.!?;…。！？；｡؟।', (end) => end.codePointAt(0) ?? 0))

export const endsSentence = (codePoint: number): boolean => sentenceEnds.has(codePoint)
