/**
 * Cells of a text as spreadsheets and CSV files give it: tabs where there are any, else semicolons
 * or commas; quoted cells may hold all of them. Empty lines are left out.
 */
export function parseDelimited(text: string): readonly (readonly string[])[] {
  const delimiter = delimiterOf(text)
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endCell = (): void => {
    row.push(cell.trim())
    cell = ''
  }
  const endRow = (): void => {
    endCell()
    if (row.some((each) => each !== '')) rows.push(row)
    row = []
  }
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at)
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (text.charAt(at + 1) === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (sign === '"' && cell.trim() === '') {
      cell = ''
      quoted = true
    } else if (sign === delimiter) endCell()
    else if (sign === '\n') endRow()
    else if (sign !== '\r') cell += sign
  }
  endRow()
  return rows
}

/** The first of tab, semicolon and comma that stands in the first lines. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 10_000)
  return ['\t', ';', ','].find((each) => head.includes(each)) ?? '\t'
}
