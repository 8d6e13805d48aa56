import { createSubscriber } from 'svelte/reactivity'

export const themeChoices = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof themeChoices)[number]
export type Theme = 'light' | 'dark'

const storageKey = 'graftbench.theme'
const system =
  typeof window === 'undefined' ? null : window.matchMedia('(prefers-color-scheme: dark)')
let choice: ThemeChoice = 'system'
let notify: (() => void) | undefined

const track = createSubscriber((update) => {
  notify = update
  return () => {
    notify = undefined
  }
})

const resolve = (): Theme =>
  choice === 'system' ? (system?.matches === true ? 'dark' : 'light') : choice

function apply(): void {
  document.documentElement.dataset['theme'] = resolve()
  notify?.()
}

/** The theme on screen; charts need it for colours that are drawn rather than styled. */
export function theme(): Theme {
  track()
  return resolve()
}

/** What the person chose. */
export function themeChoice(): ThemeChoice {
  track()
  return choice
}

export function setThemeChoice(next: ThemeChoice): void {
  choice = next
  window.localStorage.setItem(storageKey, next)
  apply()
}

/** Reads the choice and follows the system from now on; called once, before anything is drawn. */
export function startTheme(): void {
  const stored = window.localStorage.getItem(storageKey)
  choice = themeChoices.find((each) => each === stored) ?? 'system'
  system?.addEventListener('change', apply)
  apply()
}
