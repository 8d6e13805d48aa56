/**
 * Index of the dataset's label that a label of a pack means, -1: none. The map decides, then the
 * name, then the name whatever its case where that is one label only.
 */
export function labelResolver(
  labels: readonly string[],
  map: Readonly<Record<string, string>>,
): (label: string) => number {
  const exact = new Map(labels.map((label, index) => [label, index]))
  const folded = new Map<string, number>()
  labels.forEach((label, index) => {
    const key = label.toLowerCase()
    folded.set(key, folded.has(key) ? -1 : index)
  })
  return (label) => {
    const mapped = Object.hasOwn(map, label) ? (map[label] ?? label) : label
    return exact.get(mapped) ?? folded.get(mapped.toLowerCase()) ?? -1
  }
}
