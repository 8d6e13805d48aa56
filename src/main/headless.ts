import { join } from 'node:path'
import { runCommandLine } from './host/cli/program'
import { graftbenchVersion } from './platform/version'

const host = {
  entries: import.meta.dirname,
  renderer: join(import.meta.dirname, '..', 'renderer'),
}

void runCommandLine(process.argv.slice(2), host, graftbenchVersion()).then((code) => {
  process.exitCode = code
})
