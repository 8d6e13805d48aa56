import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CorpusFile } from '@shared/domain'
import { describeFileError, systemCodeOf } from '../../platform/files'
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
    const inFolder = await textsOf(join(root, plain))
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

/** Names of the .txt files of a folder in order; null where there is no folder. */
async function textsOf(folder: string): Promise<readonly string[] | null> {
  try {
    if (!(await lstat(folder)).isDirectory()) return null
    return (await readdir(folder)).filter((name) => /\.txt$/i.test(name)).sort()
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw describeFileError(error, folder)
  }
}

const newline = 0x0a

/** Lines that hold more than spaces; null where the bytes are not UTF-8. */
async function countLines(path: string, signal: AbortSignal | undefined): Promise<number | null> {
  let lines = 0
  let rest: Buffer = Buffer.alloc(0)
  const take = (bytes: Buffer): boolean => {
    if (!isUtf8(bytes) || bytes.includes(0)) return false
    for (const line of bytes.toString('utf8').split('\n')) if (line.trim() !== '') lines += 1
    return true
  }
  try {
    for await (const read of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      const chunk: Buffer = read
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = bytes.lastIndexOf(newline) + 1
      if (!take(bytes.subarray(0, end))) return null
      rest = Buffer.from(bytes.subarray(end))
    }
  } catch (error) {
    throw describeFileError(error, path)
  }
  return take(rest) ? lines : null
}
