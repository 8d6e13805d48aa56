import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'

/** Writes values as lines of JSON in large pieces, and hashes them on the way. */
export class LineWriter {
  /** Values so far. */
  count = 0
  private pending: string[] = []
  private characters = 0
  private readonly hash = createHash('sha256')

  private constructor(private readonly file: FileHandle) {}

  /** Makes the file; throws where it is there already. */
  static async open(path: string): Promise<LineWriter> {
    return new LineWriter(await open(path, 'wx'))
  }

  async write(value: unknown): Promise<void> {
    const line = `${JSON.stringify(value)}\n`
    this.count += 1
    this.pending.push(line)
    this.characters += line.length
    if (this.characters > 1 << 18) await this.flush()
  }

  private async flush(): Promise<void> {
    const text = this.pending.join('')
    this.pending = []
    this.characters = 0
    this.hash.update(text)
    await this.file.writeFile(text)
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.file.close()
    }
  }

  /** Of the whole file, once it is closed. */
  sha256(): string {
    return this.hash.digest('hex')
  }
}
