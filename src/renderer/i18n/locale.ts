import { createSubscriber } from 'svelte/reactivity'

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** The tags that Intl and `<html lang>` know. */
export const tags: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' }

function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && (languages as readonly string[]).includes(value)
}

const storageKey = 'graftbench.language'
let current: Language = initialLanguage()
let notify: (() => void) | undefined

/** Whatever reads the language in a template or a derived value is worked out again on a switch. */
const track = createSubscriber((update) => {
  notify = update
  return () => {
    notify = undefined
  }
})

function initialLanguage(): Language {
  if (typeof window === 'undefined') return 'en'
  const chosen = window.localStorage.getItem(storageKey)
  if (isLanguage(chosen)) return chosen
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** The language of the interface. */
export function language(): Language {
  track()
  return current
}

/** The language's tag for Intl. */
export const localeTag = (): string => tags[language()]

export function setLanguage(next: Language): void {
  current = next
  if (typeof window !== 'undefined') {
    window.localStorage.setItem(storageKey, next)
    document.documentElement.lang = tags[next]
  }
  notify?.()
}
