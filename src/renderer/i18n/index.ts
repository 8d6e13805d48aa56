/*
 * Every text of the interface: one catalogue a language, one file of it a room. Keys and parameters
 * are typed by the English catalogue; a test compares the two. A room adds `en/<room>.ts` and
 * `zh/<room>.ts` and names them in `en/index.ts` and `zh/index.ts`.
 *
 *     t('data.rows', { count: 1200 })      // "1,200 rows"
 */
import type { Catalogue, MessageKey } from './catalogue'
import { en } from './en'
import { language, tags, type Language } from './locale'
import { formatMessage, type Params, type ParamsOf } from './message'
import { zh } from './zh'

export type { MessageKey } from './catalogue'
export { language, languages, localeTag, setLanguage, type Language } from './locale'

const catalogues: Readonly<Record<Language, Catalogue>> = { en, zh }

/** The text of a key in the interface's language. */
export function t<K extends MessageKey>(key: K, ...params: ParamsOf<(typeof en)[K]>): string {
  const [values] = params as readonly [Params?]
  return translate(key, values)
}

/** As `t`, for a key that is worked out, such as the one of an error's code. */
export function translate(key: MessageKey, params?: Params): string {
  const current = language()
  return formatMessage(catalogues[current][key], tags[current], params)
}

/** Whether the catalogue has a key that was put together from parts. */
export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(en, key)
