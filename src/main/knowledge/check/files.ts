import type { PackContent } from '@shared/domain'
import type { Path, Report } from './report'

const ownNames = [
  'pack.yaml',
  'rules.yaml',
  'graph.csv',
  'vocabulary.txt',
  'priors.yaml',
  'rationales.csv',
  'invariances.yaml',
]

/** Names of files that are safe in every folder of every system, and each there once. */
export function checkFiles({ lexicons, corpus }: PackContent, report: Report): void {
  const taken = new Set(ownNames)
  const check = (file: string, ending: string, path: Path): void => {
    const at = { path, file: 'pack.yaml', field: file }
    if (!isSafe(file)) report('error', at, `"${file}" is no plain path inside the pack.`)
    else if (!file.endsWith(ending)) report('error', at, `"${file}" has to end with ${ending}.`)
    else if (taken.has(file.toLowerCase())) {
      report('error', at, `The file "${file}" is used twice. Give each part a file of its own.`)
    }
    taken.add(file.toLowerCase())
  }
  lexicons.forEach(({ file, id }, index) => {
    check(file, '.csv', ['lexicons', index])
    if (baseOf(file) === id) return
    const at = { path: ['lexicons', index], file: 'pack.yaml', field: id }
    report('error', at, `The lexicon "${id}" lies in "${file}"; name the file ${id}.csv.`)
  })
  corpus.forEach(({ file }, index) => check(file, '.txt', ['corpus', index]))
}

const baseOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.[^.]*$/, '')

function isSafe(file: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are what a file name must not hold
  if (file.length > 500 || /[\0-\x1f<>:"|?*\\]/.test(file)) return false
  return file.split('/').every((part) => part.trim() === part && !/^\.*$/.test(part))
}
