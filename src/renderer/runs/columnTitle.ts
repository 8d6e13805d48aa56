import { metricTitle } from '../charts/metricName'
import { isMessageKey, translate } from '../i18n'
import { columnOf, shortName } from './columns'

/** The heading of a column: a word where there is one, else the last part of the field's name. */
export function columnTitle(id: string): string {
  const key = `runs.column.${id}`
  if (isMessageKey(key)) return translate(key)
  return columnOf(id).kind === 'metric' ? metricTitle(id) : shortName(id).name
}
