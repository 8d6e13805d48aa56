/** Copies rows as tab-separated values, as spreadsheets paste them. */
export async function copyTsv(
  rows: readonly (readonly (string | number | null)[])[],
): Promise<void> {
  await copyText(toTsv(rows))
}

export const copyText = (text: string): Promise<void> => navigator.clipboard.writeText(text)

export function toTsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => row.map((cell) => clean(cell)).join('\t')).join('\n')
}

const clean = (cell: string | number | null): string =>
  cell === null ? '' : String(cell).replaceAll(/[\t\r\n]+/g, ' ')
