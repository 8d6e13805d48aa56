import { parseNumber } from '../ui/number'

/** Words as they are typed in one field: commas or line breaks apart, each once. */
export function parseWords(text: string): readonly string[] {
  const words = text.split(/[,\n，、]/).map((word) => word.trim())
  return [...new Set(words.filter((word) => word !== ''))]
}

/** Lines that hold something, trimmed. */
export const parseLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

export type AmountsReading =
  | { readonly kind: 'amounts'; readonly amounts: Readonly<Record<string, number>> }
  /** Line from 1. */
  | { readonly kind: 'problem'; readonly line: number }

const amountLine =
  /^\s*(?<word>.*?[^\s,:;=])(?:[\s,:;=]*[\s:;=]|,)\s*(?<amount>[+−-]?(?:\d+(?:[.,]\d+)?|\.\d+))\s*$/

/** Words with an amount each, one a line: "very 0.29". */
export function parseAmounts(text: string): AmountsReading {
  const amounts: [string, number][] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const { word, amount } = amountLine.exec(line)?.groups ?? {}
    const number = parseNumber(amount ?? '')
    if (word === undefined || typeof number !== 'number') {
      return { kind: 'problem', line: index + 1 }
    }
    amounts.push([word, number])
  }
  return { kind: 'amounts', amounts: Object.fromEntries(amounts) }
}

export const amountsText = (amounts: Readonly<Record<string, number>>): string =>
  Object.entries(amounts)
    .map(([word, amount]) => `${word} ${String(amount)}`)
    .join('\n')
