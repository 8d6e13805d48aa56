import type { Invariances } from '@shared/domain'
import { literal } from '../../platform/literal'
import type { Random } from '../../platform/random'

/** A change of a text that must not change its answer. */
export type TextChanger = (text: string, random: Random) => string

/**
 * Makes the changes that a pack allows: letter case (all lower, all upper, each word capitalised),
 * digits (each run by others of its length), punctuation (marks at the ends of words, each left out
 * or not) and swaps (a word or phrase by another of its group, as whole words, whatever their case).
 * Of the allowed changes each is made or not by chance, at least one. Undefined where none is allowed.
 */
export function textChanger(invariances: Invariances): TextChanger | undefined {
  const swap = swapper(invariances.swaps)
  const changes = [
    // Swaps look at the words as they are, case comes last.
    ...(swap === undefined ? [] : [swap]),
    ...(invariances.text.includes('digits') ? [changeDigits] : []),
    ...(invariances.text.includes('punctuation') ? [dropPunctuation] : []),
    ...(invariances.text.includes('case') ? [changeCase] : []),
  ]
  if (changes.length === 0) return undefined
  return (text, random) => {
    const sure = random.below(changes.length)
    return changes.reduce(
      (changed, change, at) => (at === sure || chance(random) ? change(changed, random) : changed),
      text,
    )
  }
}

const chance = (random: Random): boolean => random.below(2) === 1

const capitalised = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1))

function changeCase(text: string, random: Random): string {
  switch (random.below(3)) {
    case 0:
      return text.toLowerCase()
    case 1:
      return text.toUpperCase()
    default:
      return capitalised(text)
  }
}

/** A number keeps its length and does not begin with 0 unless it did. */
const changeDigits: TextChanger = (text, random) =>
  text.replace(/[0-9]+/g, (run) =>
    Array.from(run, (digit, at) =>
      at === 0 && digit !== '0' ? 1 + random.below(9) : random.below(10),
    ).join(''),
  )

/** Apostrophes, hyphens and marks inside words and numbers stay. */
const dropPunctuation: TextChanger = (text, random) =>
  text.replace(/[.,;:!?…"“”()[\]]+(?=\s|$)|(?<=\s|^)["“”()[\]]+/gu, (mark) =>
    chance(random) ? '' : mark,
  )

function swapper(groups: Invariances['swaps']): TextChanger | undefined {
  const groupOf = new Map<string, readonly string[]>()
  for (const group of groups) {
    const words = [...new Set(group.map((word) => word.trim()).filter((word) => word !== ''))]
    if (words.length < 2) continue
    for (const word of words) {
      if (!groupOf.has(word.toLowerCase())) groupOf.set(word.toLowerCase(), words)
    }
  }
  if (groupOf.size === 0) return undefined
  const longestFirst = [...groupOf.keys()].sort((a, b) => b.length - a.length)
  const whole = `(?<![\\p{L}\\p{N}_])(?:${longestFirst.map(literal).join('|')})(?![\\p{L}\\p{N}_])`
  const pattern = new RegExp(whole, 'giu')
  return (text, random) =>
    text.replace(pattern, (found) => {
      const others = (groupOf.get(found.toLowerCase()) ?? []).filter(
        (word) => word.toLowerCase() !== found.toLowerCase(),
      )
      const other = others.length === 0 ? found : (others[random.below(others.length)] ?? found)
      return startsUpper(found) ? other.charAt(0).toUpperCase() + other.slice(1) : other
    })
}

const startsUpper = (text: string): boolean => /^\p{Lu}/u.test(text)
