import { spawn, spawnSync } from 'node:child_process'

export interface Display {
  /** What a program that opens windows needs in its environment. */
  readonly environment: Readonly<Record<string, string>>
  close(): void
}

const hasXvfb = (): boolean =>
  process.platform === 'linux' && spawnSync('Xvfb', ['-help']).error === undefined

/** Whether windows can be opened here: on a display, or on a virtual one. */
export const canShowWindows = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY']) || hasXvfb()

/** The display there is, else a virtual one of our own (Xvfb). */
export function openDisplay(): Promise<Display> {
  if (process.platform !== 'linux' || process.env['DISPLAY']) {
    return Promise.resolve({ environment: {}, close: () => undefined })
  }
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  const [, , , numbers] = server.stdio
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.on('exit', (code) => reject(new Error(`Xvfb ended with code ${code}`)))
    numbers?.once('data', (number: Buffer) =>
      resolve({
        environment: { DISPLAY: `:${number.toString().trim()}` },
        close: () => void server.kill(),
      }),
    )
  })
}
