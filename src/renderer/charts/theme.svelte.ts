import { createSubscriber } from 'svelte/reactivity'

const follow = createSubscriber((update) => {
  const observer = new MutationObserver(update)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', update)
  return () => {
    observer.disconnect()
    system.removeEventListener('change', update)
  }
})

/** The theme that is shown now, for what is drawn on a canvas. */
export function currentTheme(): 'light' | 'dark' {
  follow()
  return getComputedStyle(document.documentElement).colorScheme.includes('dark') ? 'dark' : 'light'
}
