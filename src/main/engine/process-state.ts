import { readFileSync } from 'node:fs'
import { systemCodeOf } from '../platform/files'

/** Whether a process with this pid lives (also when it belongs to someone else). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return statOf(pid)?.state !== 'Z'
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}

/** When a process started, in ticks since the system did; null where the system does not tell. */
export const startOf = (pid: number): string | null => statOf(pid)?.start ?? null

/** The state (`Z`: ended, but not yet collected by its parent) and start of a process on Linux. */
function statOf(pid: number): { readonly state: string; readonly start: string } | null {
  if (process.platform !== 'linux') return null
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemCodeOf(error) ?? '')) return null
    throw error
  }
}
