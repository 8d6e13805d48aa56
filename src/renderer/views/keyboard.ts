import { goTo } from '../routes'
import { isShortcut, isTyping, setThemeChoice, theme } from '../ui'
import { allRooms } from './rooms'

export interface KeyboardActions {
  readonly project: () => string | null
  readonly openPalette: () => void
  readonly openShortcuts: () => void
}

/** Longest pause between `G` and the letter of a room. */
const sequenceMs = 1200

/** The window's own keys; returns the listener for keydown. */
export function createKeyboard(actions: KeyboardActions): (event: KeyboardEvent) => void {
  let goSince = 0

  return (event) => {
    if (event.defaultPrevented) return
    if (isShortcut(event, 'Mod+K')) {
      event.preventDefault()
      actions.openPalette()
      return
    }
    if (isShortcut(event, 'Mod+Shift+L')) {
      event.preventDefault()
      setThemeChoice(theme() === 'dark' ? 'light' : 'dark')
      return
    }
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === '?') {
      actions.openShortcuts()
    } else if (event.key === '/') {
      const field = document.querySelector<HTMLElement>('main [type="search"]')
      if (field === null) return
      event.preventDefault()
      field.focus()
    } else if (event.key.toLowerCase() === 'g') {
      goSince = event.timeStamp
    } else if (event.timeStamp - goSince < sequenceMs) {
      goSince = 0
      const room = allRooms.find((each) => each.key === event.key.toUpperCase())
      const route = room?.route(actions.project()) ?? null
      if (route !== null) goTo(route)
    }
  }
}
