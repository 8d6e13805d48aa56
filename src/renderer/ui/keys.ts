/** Whether the Command key stands where other systems have Control. */
export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

const names: Readonly<Record<string, string>> = {
  Mod: isMac ? '⌘' : 'Ctrl',
  Shift: '⇧',
  Alt: isMac ? '⌥' : 'Alt',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
}

/** The keys of a shortcut as they are printed on the keyboard. */
export const keyNames = (shortcut: string): readonly string[] =>
  shortcut.split(/\+| then /).map((key) => names[key] ?? key)

/** Whether an event is the shortcut, such as `Mod+K` or `Shift+Enter`. */
export function isShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const keys = shortcut.split('+')
  const mod = isMac ? event.metaKey : event.ctrlKey
  return (
    mod === keys.includes('Mod') &&
    event.altKey === keys.includes('Alt') &&
    (event.shiftKey === keys.includes('Shift') || event.key === '?') &&
    event.key.toLowerCase() === keys.at(-1)?.toLowerCase()
  )
}

/** Whether the event comes from a place where keys are text. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)
}
