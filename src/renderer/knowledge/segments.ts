/** A piece of a text: marked, with what marks it, or plain. */
export interface Segment<Mark> {
  readonly text: string
  readonly marks: readonly Mark[]
}

interface Place {
  readonly start: number
  readonly end: number
}

/**
 * A text cut at the borders of its marks; together the segments are the text. Places outside the
 * text are cut to it. Offsets count UTF-16 units.
 */
export function segmentsOf<Mark extends Place>(
  text: string,
  marks: readonly Mark[],
): readonly Segment<Mark>[] {
  const inside = (at: number): number => Math.max(0, Math.min(text.length, at))
  const borders = [0, text.length, ...marks.flatMap(({ start, end }) => [start, end].map(inside))]
  const cuts = [...new Set(borders)].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? text.length
    return {
      text: text.slice(from, to),
      marks: marks.filter(({ start, end }) => inside(start) <= from && inside(end) >= to),
    }
  })
}
