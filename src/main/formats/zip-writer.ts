import { PassThrough } from 'node:stream'
import { ZipFile } from 'yazl'
import { writeAtomic } from '../platform/atomic'

export interface ZippedFile {
  readonly path: string
  /** Its name in the archive, with `/`. */
  readonly name: string
}

/** The same files give the same archive, whenever it is made. */
const mtime = new Date(Date.UTC(1980, 0, 1))

/** Writes files as a zip archive, all or nothing. Throws disk.full, cancelled and the file codes. */
export async function writeZip(
  archive: string,
  files: readonly ZippedFile[],
  signal?: AbortSignal,
): Promise<void> {
  await writeAtomic(archive, async (file) => {
    const zip = new ZipFile()
    const bytes = new PassThrough()
    zip.on('error', (error) => bytes.destroy(error))
    // Whoever reads the stream is told of it; without a listener it would end the process.
    bytes.on('error', () => undefined)
    zip.outputStream.pipe(bytes)
    for (const { path, name } of files) zip.addFile(path, name, { mtime, mode: 0o100644 })
    zip.end()
    await file.writeFile(bytes, signal === undefined ? {} : { signal })
  })
}
