/**
 * How many tokens of two texts are kept when both together may have `room`: the longer one is
 * cut first, as the strategy `longest_first` of the reference does it.
 */
export function keepOfPair(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second]
  const swapped = first > second
  let shorter = Math.min(first, second)
  let longer = shorter > room ? shorter : Math.max(shorter, room - shorter)
  if (shorter + longer > room) {
    shorter = Math.floor(room / 2)
    longer = shorter + (room % 2)
  }
  return swapped ? [longer, shorter] : [shorter, longer]
}
