import { isMessageKey, t, translate } from '../i18n'

const split = /^(train|validation|test)\.(.+)$/

/** A metric as people call it: `test.f1.positive` is "Test F1 · positive". */
export function metricTitle(name: string): string {
  const parts = split.exec(name)
  const part = parts?.[1]
  const metric = parts?.[2]
  if (part === undefined || metric === undefined) return measureHeading(name)
  return t('charts.metricOf', { split: splitTitle(part), metric: measureTitle(metric) })
}

/** The part of the data alone: "Test". */
export function splitTitle(part: string): string {
  const key = `charts.split.${part}`
  return isMessageKey(key) ? translate(key) : part
}

/** Metrics of what the model says without the knowledge of its run. */
const alone = 'alone.'

/** A metric without its part of the data: `f1.positive` is "F1 · positive". */
export function measureTitle(name: string): string {
  if (name.startsWith(alone))
    return t('charts.measureAlone', { metric: measureTitle(name.slice(alone.length)) })
  const whole = `charts.measure.${name}`
  if (isMessageKey(whole)) return translate(whole)
  const [first = name, ...rest] = name.split('.')
  const key = `charts.measure.${first}`
  return [isMessageKey(key) ? translate(key) : first, ...rest].join(' · ')
}

/** A measure where it stands alone: with a capital. */
export function measureHeading(name: string): string {
  const title = measureTitle(name)
  return title.charAt(0).toUpperCase() + title.slice(1)
}
