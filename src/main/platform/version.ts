import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'

const packageFile = z.object({ name: z.literal('graftbench'), version: z.string() })

/** Version of Graftbench: that of the package file above this program. */
export function graftbenchVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      const found = packageFile.safeParse(JSON.parse(readFileSync(file, 'utf8')))
      if (found.success) return found.data.version
    }
    if (dirname(folder) === folder) {
      throw new GraftError('setup.missing', 'package.json of Graftbench is missing.')
    }
  }
}
