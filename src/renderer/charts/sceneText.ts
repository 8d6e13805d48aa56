import type { Weight } from './scene'

/** Mean width of a letter, in parts of its size; system fonts are wider than Inter. */
const letterWidth: Readonly<Record<Weight, number>> = { 400: 0.58, 500: 0.6, 600: 0.64 }

/** About how wide a text is, in pixels; a Chinese letter is as wide as it is high. */
export function textWidth(text: string, size: number, weight: Weight = 400): number {
  let units = 0
  for (const letter of text)
    units += (letter.codePointAt(0) ?? 0) > 0x2e7f ? 1 : letterWidth[weight]
  return units * size
}

/** A text cut to a width, with an ellipsis where something is missing. */
export function fitted(text: string, size: number, width: number, weight: Weight = 400): string {
  if (textWidth(text, size, weight) <= width) return text
  const letters = [...text]
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size, weight) > width)
    letters.pop()
  return `${letters.join('').trimEnd()}…`
}

/** Where a line may break: at blanks, and after every Chinese letter. */
const breaks = /(?<= )|(?<=[\u2e80-\uffff])/

/** A text in lines of at most this width; a single word that is wider stands alone. */
export function wrapped(
  text: string,
  size: number,
  width: number,
  weight: Weight = 400,
): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(breaks)) {
    const last = lines.at(-1)
    if (last !== undefined && textWidth((last + word).trimEnd(), size, weight) <= width)
      lines[lines.length - 1] = last + word
    else lines.push(word)
  }
  return lines.map((each) => each.trimEnd())
}

/** Numbers of an axis, all with as many decimals as the finest of them needs. */
export function axisLabels(values: readonly number[]): readonly string[] {
  const decimals = Math.max(
    0,
    ...values.map((value) => String(Number(value.toPrecision(6))).split('.')[1]?.length ?? 0),
  )
  return values.map((value) => value.toFixed(Math.min(decimals, 6)).replace('-', '−'))
}

/**
 * Places as near to the wanted ones as a least distance allows, in the same order, within bounds
 * as far as there is room.
 */
export function spread(
  wanted: readonly number[],
  distance: number,
  [low, high]: readonly [number, number],
): readonly number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at)
  let groups: { readonly indices: readonly number[]; readonly middle: number }[] = []
  for (const { at, index } of order) {
    groups.push({ indices: [index], middle: at })
    groups = joined(groups, distance, low, high)
  }
  const places = [...wanted]
  for (const { indices, middle } of groups) {
    const first = middle - ((indices.length - 1) * distance) / 2
    indices.forEach((index, step) => (places[index] = first + step * distance))
  }
  return places
}

type Group = { readonly indices: readonly number[]; readonly middle: number }

/** The last group is kept within the bounds and taken together with the one it would overlap. */
function joined(groups: readonly Group[], distance: number, low: number, high: number): Group[] {
  const rest = [...groups]
  let last = rest.pop()
  while (last !== undefined) {
    const half: number = ((last.indices.length - 1) * distance) / 2
    const middle = Math.max(low + half, Math.min(high - half, last.middle))
    const before = rest.at(-1)
    const reach = before === undefined ? 0 : ((before.indices.length - 1) * distance) / 2
    if (before === undefined || before.middle + reach + distance <= middle - half)
      return [...rest, { indices: last.indices, middle }]
    rest.pop()
    const [a, b] = [before.indices.length, last.indices.length]
    last = {
      indices: [...before.indices, ...last.indices],
      middle: (before.middle * a + middle * b) / (a + b),
    }
  }
  return rest
}
