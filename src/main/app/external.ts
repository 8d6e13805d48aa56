import { BrowserWindow, dialog, shell } from 'electron'
import { messages } from './messages'

/** Opens an https address in the system's browser after asking; every other address is refused. */
export async function openExternal(address: string): Promise<void> {
  const url = httpsUrl(address)
  if (url === null) return
  const texts = messages()
  const options = {
    type: 'question' as const,
    message: texts.openExternal,
    detail: url,
    buttons: [texts.open, texts.cancel],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  }
  const window = BrowserWindow.getFocusedWindow()
  const { response } =
    window === null
      ? await dialog.showMessageBox(options)
      : await dialog.showMessageBox(window, options)
  if (response === 0) await shell.openExternal(url)
}

function httpsUrl(address: string): string | null {
  try {
    const url = new URL(address)
    return url.protocol === 'https:' && url.username === '' ? url.href : null
  } catch {
    return null
  }
}
