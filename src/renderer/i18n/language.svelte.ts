export const languages = [
  { code: 'en', name: 'English' },
  { code: 'zh', name: '简体中文' },
] as const

export type Language = (typeof languages)[number]['code']

const storageKey = 'graftbench.language'

const known = (code: string | null | undefined): Language | undefined =>
  languages.find((language) => language.code === code)?.code

/** The language of the interface: the one chosen, else the system's, else English. */
class LanguageChoice {
  current = $state<Language>(
    known(localStorage.getItem(storageKey)) ?? known(navigator.language.slice(0, 2)) ?? 'en',
  )

  choose(code: Language): void {
    this.current = code
    localStorage.setItem(storageKey, code)
    document.documentElement.lang = code === 'zh' ? 'zh-Hans' : code
  }
}

export const language = new LanguageChoice()
