// @ts-check
import { posix } from 'node:path'

/*
 * Who may import whom: the table of ARCHITECTURE.md, as a function of two paths. Everyone may
 * import src/shared and its own room; tests and scripts may import everything.
 */

/**
 * The rooms of src/main that each room may import. A room that is not named may import `platform`.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mainRooms = {
  app: ['platform'],
  engine: ['store', 'data', 'knowledge', 'formats', 'platform'],
  trainer: ['nn', 'data', 'knowledge', 'formats', 'platform'],
  host: ['engine', 'platform'],
  nn: ['platform'],
  store: ['platform'],
  data: ['platform'],
  knowledge: ['platform'],
  formats: ['platform'],
  platform: [],
}

/**
 * What the entry files of src/main wire together.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mainEntries = {
  'src/main/index.ts': ['app', 'platform'],
  'src/main/engine.ts': ['engine', 'store', 'platform'],
  'src/main/trainer.ts': ['trainer', 'platform'],
  'src/main/headless.ts': ['host', 'engine', 'platform'],
  'src/main/predict.ts': ['data', 'knowledge', 'formats', 'platform'],
}

/** Rooms of the renderer that know no domain; everything else beside `views` is a domain. */
const rendererTools = ['api', 'charts', 'i18n', 'routes', 'styles', 'ui']

/**
 * Packages that one place alone may import.
 * @type {readonly { package: RegExp, where: RegExp, place: string }[]}
 */
const packages = [
  {
    package: /^electron(\/|$)/,
    where: /^src\/(main\/(app\/|index\.ts$)|preload\/)/,
    place: 'src/main/app and src/preload',
  },
  { package: /^@tensorflow\//, where: /^src\/main\/nn\/tf\.ts$/, place: 'src/main/nn/tf.ts' },
  { package: /^better-sqlite3$/, where: /^src\/main\/store\//, place: 'src/main/store' },
]

const builtin = /^(node:|(fs|path|os|child_process|crypto|http|https|net|stream|url|util)(\/|$))/

/**
 * The path inside the project that an import names, or undefined for a package.
 * @param {string} file the importing file
 * @param {string} specifier
 * @returns {string | undefined}
 */
function targetOf(file, specifier) {
  if (specifier === '@shared' || specifier.startsWith('@shared/')) {
    return `src/shared${specifier.slice('@shared'.length)}`
  }
  if (!specifier.startsWith('.')) return undefined
  return posix.normalize(posix.join(posix.dirname(file), specifier))
}

/**
 * Why a file may not import something, or undefined where it may.
 * @param {string} file path of the importing file in the project, with `/`
 * @param {string} specifier what it imports, as written
 * @param {boolean} [typeOnly] whether only types are imported
 * @returns {string | undefined} a sentence
 */
export function roomViolation(file, specifier, typeOnly = false) {
  if (!file.startsWith('src/')) return undefined
  const target = targetOf(file, specifier)
  if (target === undefined) return packageViolation(file, specifier)
  // Its name and version are the one thing that src takes from outside.
  if (target === 'package.json') return undefined
  if (!target.startsWith('src/')) return `src imports nothing outside src (${target}).`
  const [, from = ''] = file.split('/')
  const [, to = ''] = target.split('/')
  if (to === 'shared') return undefined
  if (from === 'shared') return 'src/shared imports nothing of src but itself.'
  if (from !== to) return `src/${from} imports only src/shared and itself, not src/${to}.`
  if (from === 'main') return mainViolation(file, target, typeOnly)
  return from === 'renderer' ? rendererViolation(file, target) : undefined
}

/**
 * @param {string} file
 * @param {string} specifier
 */
function packageViolation(file, specifier) {
  if (file.startsWith('src/shared/') && !['zod', 'yaml'].includes(specifier)) {
    return `src/shared imports no package but zod and yaml, not ${specifier}.`
  }
  if (file.startsWith('src/renderer/') && builtin.test(specifier)) {
    return `The renderer has no Node: it cannot import ${specifier}.`
  }
  const rule = packages.find((one) => one.package.test(specifier))
  if (rule === undefined || rule.where.test(file)) return undefined
  return `Only ${rule.place} imports ${specifier}.`
}

/**
 * @param {string} file
 * @param {string} target
 * @param {boolean} typeOnly
 */
function mainViolation(file, target, typeOnly) {
  const [, , from = '', ...deeper] = file.split('/')
  const [, , to = ''] = target.split('/')
  const isEntry = deeper.length === 0
  if (!isEntry && from === to) return undefined
  const allowed = isEntry ? mainEntries[file] : (mainRooms[from] ?? ['platform'])
  if (allowed === undefined || allowed.includes(to)) return undefined
  if (from === 'nn' && typeOnly && target.startsWith('src/main/formats/safetensors'))
    return undefined
  const list = allowed.length === 0 ? 'no other room' : `only ${allowed.join(', ')}`
  return `${isEntry ? file : `src/main/${from}`} imports ${list}, not src/main/${to}.`
}

/**
 * @param {string} file
 * @param {string} target
 */
function rendererViolation(file, target) {
  const [, , from = '', ...deeper] = file.split('/')
  const [, , to = '', ...below] = target.split('/')
  if (deeper.length === 0 || from === 'views' || from === to) return undefined
  if (below.length === 0 && !rendererTools.includes(to)) {
    return `src/renderer/${from} does not import the renderer's entry (${target}).`
  }
  if (to === 'i18n') return undefined
  if (from === 'ui') return `src/renderer/ui imports no other room, not src/renderer/${to}.`
  if (from === 'api') return `src/renderer/api imports no other room, not src/renderer/${to}.`
  if (rendererTools.includes(to)) return undefined
  if (to === 'views') return `Only views know views: src/renderer/${from} does not import them.`
  return `src/renderer/${from} does not import its sibling src/renderer/${to}; views bring domains together.`
}
