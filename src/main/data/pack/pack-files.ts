import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { GraftError } from '@shared/errors'
import { systemCodeOf } from '../../platform/files'
import { safeJoin } from '../../platform/paths'
import { decodeFile, detectEncoding } from '../encoding'
import type { PackNotes, Place } from './problems'

/** Tables of a pack are read as a whole; larger ones are refused. */
const mostTableBytes = 256 << 20

/** A file that a pack names: where that is said, for problems with the name itself. */
export interface NamedFile {
  readonly name: string
  readonly statedAt: Place
  /** Whether its absence is a mistake. */
  readonly required: boolean
}

/** The path and size of a plain file inside the pack, or null with the reason in the notes. */
export async function locateFile(
  root: string,
  { name, statedAt, required }: NamedFile,
  notes: PackNotes,
): Promise<{ readonly path: string; readonly bytes: number } | null> {
  const path = insideOf(root, name)
  if (path === null) {
    notes.error(statedAt, name, 'The file lies outside the pack. Copy it into the folder.')
    return null
  }
  let at = root
  for (const part of name.split('/')) {
    at = join(at, part)
    const found = await lstat(at).catch((error: unknown) => {
      const code = systemCodeOf(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return null
      throw error
    })
    if (found === null) {
      if (required) notes.error(statedAt, name, 'The file is named here and is not there.')
      return null
    }
    if (found.isSymbolicLink()) {
      notes.error(statedAt, name, 'A link is not followed. Copy the file into the folder.')
      return null
    }
    if (at === path) {
      if (found.isFile()) return { path, bytes: found.size }
      notes.error(statedAt, name, 'This is no file.')
    }
  }
  return null
}

function insideOf(root: string, name: string): string | null {
  try {
    return name.includes('\\') ? null : safeJoin(root, name)
  } catch (error) {
    if (error instanceof GraftError && error.code === 'archive.unsafePath') return null
    throw error
  }
}

/** The text of a file of the pack, or null with the reason in the notes. */
export async function readText(
  root: string,
  file: NamedFile,
  notes: PackNotes,
  mostBytes: number = mostTableBytes,
): Promise<string | null> {
  const found = await locateFile(root, file, notes)
  if (found === null) return null
  const place = { file: file.name, line: null }
  if (found.bytes > mostBytes) {
    notes.error(place, null, `The file is larger than ${mostBytes >> 20} MiB. Split it.`)
    return null
  }
  try {
    const { encoding, damaged } = await detectEncoding(found.path)
    if (damaged) {
      notes.error(place, null, 'Some bytes are not valid UTF-8. Save the file as UTF-8.')
      return null
    }
    if (encoding === 'windows-1252') {
      notes.warning(place, null, 'The file is not UTF-8 and was read as Windows-1252.')
    }
    let text = ''
    for await (const piece of decodeFile(found.path, encoding)) text += piece.text
    return text
  } catch (error) {
    if (!(error instanceof GraftError) || error.code !== 'data.format') throw error
    notes.error(place, null, 'This is no text file.')
    return null
  }
}
