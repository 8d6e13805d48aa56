import { isUtf8 } from 'node:buffer'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CorpusFile } from '@shared/domain'
import { describeFileError, systemCodeOf } from '../../platform/files'
import { readLines } from '../../platform/lines'
import { locateFile } from './pack-files'
import type { PackNotes, Place } from './problems'

export const corpusFolder = 'corpus'

/**
 * The texts of the corpus, counted but not kept: the files that the manifest names, or corpus/*.txt.
 * A file that is no UTF-8 is an error in the notes.
 */
export async function readCorpus(
  root: string,
  stated: readonly string[] | null,
  statedAt: Place,
  notes: PackNotes,
  signal?: AbortSignal,
): Promise<readonly CorpusFile[]> {
  const names: string[] = []
  for (const name of stated ?? [corpusFolder]) {
    const plain = name.replace(/\/(\*\.txt)?$/, '')
    const inFolder = await namesIn(join(root, plain), '.txt')
    if (inFolder !== null && !plain.split('/').includes('..')) {
      names.push(...inFolder.map((each) => `${plain}/${each}`))
    } else if (stated !== null) names.push(name)
  }
  const files: CorpusFile[] = []
  for (const name of new Set(names)) {
    const found = await locateFile(root, { name, statedAt, required: true }, notes)
    if (found === null) continue
    const lines = await countLines(found.path, signal)
    const place = { file: name, line: null }
    if (lines === null) {
      notes.error(place, null, 'The corpus has to be UTF-8. Save the file as UTF-8.')
      continue
    }
    if (lines === 0) notes.warning(place, null, 'The file has no text.')
    notes.put(['corpus', files.length], place)
    files.push({ file: name, lines, bytes: found.bytes })
  }
  return files
}

/** Names of a folder's files with an ending, in order; null where there is no folder. */
export async function namesIn(folder: string, ending: string): Promise<readonly string[] | null> {
  try {
    if (!(await lstat(folder)).isDirectory()) return null
    return (await readdir(folder)).filter((name) => name.toLowerCase().endsWith(ending)).sort()
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw describeFileError(error, folder)
  }
}

/** The texts of a corpus file: its lines, trimmed, without those of spaces alone. Throws the file codes. */
export async function* corpusTexts(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  for await (const { bytes } of readLines(path, { signal })) {
    const text = bytes.toString('utf8').trim()
    if (text !== '') yield text
  }
}

/** Lines that hold more than spaces; null where the bytes are not UTF-8. */
async function countLines(path: string, signal: AbortSignal | undefined): Promise<number | null> {
  let lines = 0
  for await (const { bytes } of readLines(path, { signal })) {
    if (!isUtf8(bytes) || bytes.includes(0)) return null
    if (bytes.toString('utf8').trim() !== '') lines += 1
  }
  return lines
}
