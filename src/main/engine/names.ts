/** `wanted`, or `wanted (2)`, `wanted (3)`, … when that name is taken. */
export function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  const base = wanted.trim().slice(0, 190) || 'Untitled'
  if (!isTaken(base)) return base
  let number = 2
  while (isTaken(`${base} (${number})`)) number += 1
  return `${base} (${number})`
}
