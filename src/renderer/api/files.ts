import type { FileFilter, Upload } from '@shared/bridge'
import type { ErrorPayload } from '@shared/errors'
import { fromErrorPayload } from '@shared/errors'
import type { Client } from './client'
import { bridge } from './transport'

/**
 * Files, the same for window and browser: the window gives paths of this machine; a browser sends
 * the file to the host and gets the path where it lies, and fetches results from there.
 */
export interface Files {
  readonly kind: 'window' | 'browser'
  /** Paths of the chosen files; empty when nothing was chosen. */
  choose(options: {
    readonly multiple?: boolean
    readonly filters: readonly FileFilter[]
  }): Promise<readonly string[]>
  /** `whole`: with the folders inside it, where a browser has to send them. */
  chooseFolder(options?: { readonly whole?: boolean }): Promise<string | null>
  /** The path under which the engine finds a dropped file. */
  pathOf(file: File): Promise<string>
  /** Where a result is written; null when the dialog was dismissed. */
  target(suggested: string): Promise<string | null>
  /** Hands a finished result to the person: shows it in its folder, or downloads it. */
  deliver(path: string): Promise<void>
}

export function createFiles(client: Client): Files {
  return bridge() === null ? browserFiles(client) : windowFiles()
}

function windowFiles(): Files {
  const electron = bridge()
  if (electron === null) throw new Error('This page runs in a browser.')
  return {
    kind: 'window',
    choose: (options) => electron.files.open(options),
    chooseFolder: () => electron.files.openFolder(),
    pathOf: (file) => Promise.resolve(electron.files.pathOf(file)),
    target: (suggested) => electron.files.save({ suggested }),
    deliver: (path) => electron.showInFolder(path),
  }
}

function browserFiles(client: Client): Files {
  return {
    kind: 'browser',
    choose: async ({ multiple = false, filters }) => {
      const accept = filters.flatMap((filter) =>
        filter.extensions.map((extension) => `.${extension}`),
      )
      const files = await askForFiles({ multiple, accept: accept.join(','), folder: false })
      return Promise.all(files.map((file) => upload(file)))
    },
    chooseFolder: async ({ whole = false } = {}) => {
      const files = await askForFiles({ multiple: true, accept: '', folder: true })
      return files.length === 0 ? null : uploadFolder(files, whole)
    },
    pathOf: (file) => upload(file),
    target: async (suggested) => {
      const { workspace } = await client.call('system.info', {})
      return `${workspace}/uploads/exports/${groupName()}/${suggested}`
    },
    deliver: (path) => {
      const link = document.createElement('a')
      link.href = `/download?path=${encodeURIComponent(path)}`
      link.download = ''
      link.click()
      return Promise.resolve()
    },
  }
}

interface Choice {
  readonly multiple: boolean
  readonly accept: string
  readonly folder: boolean
}

function askForFiles({ multiple, accept, folder }: Choice): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = multiple
    input.accept = accept
    input.webkitdirectory = folder
    input.onchange = () => {
      resolve([...(input.files ?? [])])
    }
    input.oncancel = () => {
      resolve([])
    }
    input.click()
  })
}

const groupName = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 16)

/** The files of a folder itself, under its own name; `whole`: of the folders inside it as well. */
async function uploadFolder(files: readonly File[], whole: boolean): Promise<string> {
  const group = groupName()
  let folder = ''
  for (const file of files) {
    const parts = file.webkitRelativePath.split('/')
    if (!whole && parts.length !== 2) continue
    const path = await upload(file, { group, name: file.webkitRelativePath })
    folder = path
      .split(/[\\/]/)
      .slice(0, 1 - parts.length)
      .join('/')
  }
  return folder
}

interface Place {
  readonly name: string
  readonly group?: string
}

async function upload(file: File, place: Place = { name: file.name }): Promise<string> {
  const query = new URLSearchParams({ ...place })
  const response = await fetch(`/upload?${query.toString()}`, { method: 'POST', body: file })
  const answer = (await response.json()) as Upload | { readonly error: ErrorPayload }
  if ('error' in answer) throw fromErrorPayload(answer.error)
  return answer.path
}
