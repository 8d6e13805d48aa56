import { execFile } from 'node:child_process'
import { z } from 'zod'
import { serve } from '../server/serve'
import type { Register } from './command'
import { checkOptions, portNumber } from './command'

/** The port where nobody chose one: fixed, so that a tunnel or a bookmark stays right. */
const defaultPort = '4780'

const options = z.object({ port: portNumber.optional(), open: z.boolean().default(false) })

export const registerServe: Register = (program, act) => {
  program
    .command('serve')
    .description('open the workbench in a browser of this machine')
    .option('--port <port>', `port on 127.0.0.1; 0: any free one (${defaultPort})`)
    .option('--open', 'open the browser')
    .action(
      act(options, async ({ host, workspace, output, catchInterrupt }, given) => {
        const environment = checkOptions(z.object({ graftbenchPort: portNumber }), {
          graftbenchPort: process.env['GRAFTBENCH_PORT'] ?? defaultPort,
        })
        const interrupt = waitForInterrupt(catchInterrupt)
        const log = (line: string): void => void process.stderr.write(`${line}\n`)
        const port = given.port ?? environment.graftbenchPort
        const served = await serve({ ...host, workspace, port, log })
        output.event('serve.ready', { url: served.url, port: served.port })
        output.lines(`Graftbench is ready: ${served.url}`)
        if (given.open) openBrowser(served.url)
        await interrupt
        if (served.ownsEngine) output.lines('Closing; runs are paused with a checkpoint.')
        await served.close()
        output.result({ state: 'closed', port: served.port })
      }),
    )
}

const waitForInterrupt = (catchInterrupt: (onInterrupt: () => void) => () => void): Promise<void> =>
  new Promise((resolve) => catchInterrupt(resolve))

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['explorer.exe', url]
        : ['xdg-open', url]
  execFile(command ?? 'xdg-open', args, (error) => {
    if (error !== null) process.stderr.write('No browser could be opened; use the address above.\n')
  })
}
