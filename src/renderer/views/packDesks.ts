import { bridge } from '../api'
import { PackDesks } from '../knowledge/packDesk.svelte'

/** The packs that are being edited in this window. */
export const packDesks = new PackDesks()

/** Tells a window of edits that closing it would lose. */
export const tellUnsaved = (): void => bridge()?.setUnsaved(packDesks.unsaved)

// A page that was loaded anew holds none.
tellUnsaved()

/** A browser asks by itself before a tab closes. */
if (bridge() === null) {
  window.addEventListener('beforeunload', (event) => {
    if (packDesks.unsaved) event.preventDefault()
  })
}
