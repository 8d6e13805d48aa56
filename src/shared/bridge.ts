import type { RpcMessage, RpcRequest } from './rpc'

/** What a person may choose in a file dialog: `extensions` without the dot. */
export interface FileFilter {
  readonly name: string
  readonly extensions: readonly string[]
}

export interface OpenFilesOptions {
  readonly title?: string
  readonly multiple?: boolean
  readonly filters?: readonly FileFilter[]
}

export interface OpenFolderOptions {
  readonly title?: string
}

export interface SaveFileOptions {
  readonly title?: string
  /** A file name, or a whole path. */
  readonly suggested?: string
  readonly filters?: readonly FileFilter[]
}

/** What a menu item asks the window to do; everything else in the menu is the system's own. */
export const menuCommands = [
  'new-run',
  'command-palette',
  'show-projects',
  'show-runs',
  'show-compare',
] as const

export type MenuCommand = (typeof menuCommands)[number]

/**
 * `window.graftbench` in Electron, and all that a page can reach of the machine. In a browser it
 * does not exist: there the same rpc.ts messages go over a WebSocket at `/rpc`, files go through
 * `POST /upload?name=` and `GET /download?path=`.
 */
export interface GraftbenchBridge {
  readonly kind: 'electron'
  /** Sends a call to the engine; the answer comes as a message with the same id. */
  request(message: RpcRequest): void
  /** Every answer and event of the engine, in order; returns the way out. */
  onMessage(listener: (message: RpcMessage) => void): () => void
  readonly files: {
    /** Paths chosen; empty when the dialog was dismissed. */
    open(options?: OpenFilesOptions): Promise<readonly string[]>
    openFolder(options?: OpenFolderOptions): Promise<string | null>
    save(options?: SaveFileOptions): Promise<string | null>
    /** The path of a file that was dropped onto the window or chosen in a form. */
    pathOf(file: File): string
  }
  /** Shows a file or folder in the system's file manager. */
  showInFolder(path: string): Promise<void>
  /** Opens an https address in the system's browser, after asking. */
  openExternal(url: string): Promise<void>
  onMenu(listener: (command: MenuCommand) => void): () => void
  /** Whether the page holds edits that would be lost: the window asks before it closes. */
  setUnsaved(unsaved: boolean): void
  /** `linux`, `darwin` or `win32`. */
  readonly platform: string
  readonly versions: {
    readonly electron: string
    readonly chrome: string
    readonly node: string
  }
}

/** What `POST /upload` answers. */
export interface Upload {
  readonly path: string
  readonly bytes: number
}
