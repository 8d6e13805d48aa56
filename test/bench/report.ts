/** How measurements are told: medians, tables, and where they are kept. */
import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'

export const project = resolve(import.meta.dirname, '../..')

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** A figure of a table; a dash where nothing was measured. */
export const cell = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '–'

const git = (...args: readonly string[]): string =>
  execFileSync('git', [...args], { cwd: project })
    .toString()
    .trim()

/** Whether much more was running than a measurement by itself. */
const overloaded = (): boolean => (loadavg()[0] ?? 0) > 2 * cpus().length

/** Prints a table and appends it to docs/benchmarks.md, with machine and versions. */
export function publish(
  title: string,
  about: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, commit ${git('rev-parse', '--short', 'HEAD')}, load average ${(loadavg()[0] ?? 0).toFixed(1)}`
  const text = [
    ...['', `### ${title}, ${new Date().toISOString().slice(0, 10)}`, ''],
    ...[`${machine}. ${about}`, ''],
    ...[line(head), line(head.map(() => '---')), ...rows.map(line), ''],
  ].join('\n')
  process.stdout.write(text)
  if (overloaded()) process.stdout.write('Other programs were running: only the ratios count.\n')
  appendFileSync(join(project, 'docs/benchmarks.md'), text)
}
