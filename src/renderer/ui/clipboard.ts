import { t } from '../i18n'
import { toasts } from './toasts.svelte'
import { toTsv, type Cell } from './tsv'

export { toTsv } from './tsv'

/** Copies, and says so; `message` where "Copied" is not enough. */
export async function copyText(text: string, message: string = t('ui.copied')): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    copyBySelection(text)
  }
  toasts.show(message)
}

/** Copies rows as tab-separated values, as spreadsheets paste them; the first row is the header. */
export const copyTsv = (rows: readonly (readonly Cell[])[]): Promise<void> =>
  copyText(toTsv(rows), t('ui.tableCopied', { count: Math.max(0, rows.length - 1) }))

/** Where the clipboard interface is refused: a selected field and the system's own copy. */
function copyBySelection(text: string): void {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'visually-hidden'
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}
