import type { Session, WebContents } from 'electron'
import { app } from 'electron'
import { openExternal } from './external'
import { isOwnPage } from './pages'

/** Writing plain text to the clipboard: tables are copied by a key press. */
const allowedPermissions: readonly string[] = ['clipboard-sanitized-write']

/** Whatever is shown stays on our pages: no navigation, no windows, no embedded browsers. */
export function restrictContents(): void {
  app.on('web-contents-created', (_event, contents) => restrict(contents))
}

function restrict(contents: WebContents): void {
  const stay = (event: { preventDefault(): void }, url: string): void => {
    if (!isOwnPage(url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    void openExternal(url)
    return { action: 'deny' }
  })
}

/** A page may ask for nothing but what allowedPermissions names. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) => {
    decide(allowedPermissions.includes(permission) && isOwnPage(contents.getURL()))
  })
  session.setPermissionCheckHandler(
    (contents, permission) =>
      allowedPermissions.includes(permission) && contents !== null && isOwnPage(contents.getURL()),
  )
  session.setDevicePermissionHandler(() => false)
}
