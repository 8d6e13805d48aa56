import { join } from 'node:path'
import { exitCodes } from './host/cli/exit'
import { runCommandLine } from './host/cli/program'
import { graftbenchVersion } from './platform/version'

const host = {
  entries: import.meta.dirname,
  renderer: join(import.meta.dirname, '..', 'renderer'),
}

// `graftbench runs | head` closes the pipe early: an end like any other, as `yes | head` ends.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.pipeClosed)
  throw error
})

void runCommandLine(process.argv.slice(2), host, graftbenchVersion()).then((code) => {
  process.exitCode = code
})
