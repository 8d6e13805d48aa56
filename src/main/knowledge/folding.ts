const ascii = /^[\0-\x7f]*$/

/**
 * Full case folding (Unicode, CaseFolding.txt, status C and F): ß and ẞ become ss, ſ becomes s, ς
 * becomes σ; ı and i stay two letters. The folding of two strings joined is their foldings joined.
 */
export function foldCase(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  // The upper case of ı is I, which would make it an i.
  return text.split('ı').map(foldWithoutDotless).join('ı')
}

const foldWithoutDotless = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')

/** Format characters that do not show, variation selectors, skin tones. */
const invisible = /\p{Cf}|[\ufe00-\ufe0f]|\p{Emoji_Modifier}/gu
const apostrophes = /[‘’ʼ＇`´]/g
const hyphens = /[‐‑]/g

/**
 * A word as it is compared where case counts: NFC, one form of apostrophe and hyphen, nothing
 * that does not show.
 */
export function foldMarks(word: string): string {
  if (ascii.test(word)) return word.replaceAll('`', "'")
  return word
    .normalize('NFC')
    .replace(invisible, '')
    .replace(apostrophes, "'")
    .replace(hyphens, '-')
}

/** A word as it is compared where case does not count. */
export function foldWord(word: string): string {
  const marks = foldMarks(word)
  return ascii.test(marks) ? marks.toLowerCase() : foldCase(marks).normalize('NFC')
}
