// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stampOf } from './checksum.mjs'
import { listFiles, readJsonIfThere, writeAtomic } from './files.mjs'
import { cachePaths, packagesFolder, projectFolder } from './paths.mjs'
import { run } from './run.mjs'

const package_ = join(packagesFolder, '@tensorflow', 'tfjs-node-gpu')
const nativeFolder = join(projectFolder, 'src', 'main', 'nn', 'kernels', 'native')
const place = join(package_, 'lib', 'napi-v8', 'tfjs_binding.node')
const placeStamp = join(dirname(place), 'graftbench.json')

const commonFlags = [
  '-std=c++17',
  '-fPIC',
  '-DNAPI_VERSION=8',
  '-DNODE_GYP_MODULE_NAME=tfjs_binding',
]
const defaultNativeFlags = ['-O3', '-fopenmp']

/**
 * The compiler flags that a native source names in its first line: `// flags: -O3 -mavx2`.
 * Kernels are chosen at run time by what the processor can do, so each file may ask for its own.
 * @param {string} source
 * @returns {string[]}
 */
export function flagsOf(source) {
  const named = /^\/\/ flags:(.*)/.exec(source)?.[1]?.trim()
  return named === undefined || named === '' ? defaultNativeFlags : named.split(/\s+/)
}

/**
 * A file to compile: where it lies, its flags and everything that decides its object code.
 * @typedef {{ file: string, flags: readonly string[], content: string }} Source
 */

/** @returns {Source[]} the package's binding and Graftbench's own kernels */
function listSources() {
  const own = listFiles(nativeFolder)
  const headers = own
    .filter((name) => /\.(h|hpp|inc)$/.test(name))
    .map((name) => readFileSync(join(nativeFolder, name), 'utf8'))
    .join('\n')
  const native = own
    .filter((name) => name.endsWith('.cc'))
    .map((name) => {
      const file = join(nativeFolder, name)
      const content = readFileSync(file, 'utf8')
      return { file, flags: flagsOf(content), content: content + headers }
    })
  const stock = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => {
    const file = join(package_, 'binding', name)
    return { file, flags: ['-O2'], content: readFileSync(file, 'utf8') }
  })
  return [...stock, ...native]
}

/**
 * @param {import('./tensorflow.mjs').Runtime} runtime
 * @param {readonly Source[]} sources
 */
function bindingHash(runtime, sources) {
  const version = readJsonIfThere(join(package_, 'package.json'))?.version
  return stampOf({
    sources: JSON.stringify(
      sources.map(({ file, flags, content }) => [basename(file), flags, content]),
    ),
    common: JSON.stringify([commonFlags, process.arch, version]),
    tensorflow: JSON.stringify([runtime.version, runtime.tensorflowDir]),
  }).slice(0, 16)
}

/**
 * Whether the package holds the binding for this TensorFlow and these sources.
 * @param {import('./tensorflow.mjs').Runtime} runtime
 * @returns {boolean}
 */
export function bindingComplete(runtime) {
  if (!existsSync(place)) return false
  return readJsonIfThere(placeStamp)?.hash === bindingHash(runtime, listSources())
}

/** The names of Graftbench's own kernels that the binding in place was built with. */
export function kernelsInPlace() {
  const kernels = readJsonIfThere(placeStamp)?.kernels
  return Array.isArray(kernels) ? kernels.map(String) : []
}

/** TensorFlow's version as the binding in place said it when it was tested. */
export function tensorflowInPlace() {
  const version = readJsonIfThere(placeStamp)?.tensorflow
  return typeof version === 'string' ? version : undefined
}

/**
 * Compiles the binding, or takes it from the cache, proves in a process of its own that it loads
 * and multiplies, and puts it where the package looks for it.
 * @param {import('./tensorflow.mjs').Runtime} runtime
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} [root] the cache folder
 */
export async function ensureBinding(runtime, progress, root = cachePaths().root) {
  if (bindingComplete(runtime)) return
  const sources = listSources()
  const hash = bindingHash(runtime, sources)
  const built = join(cachePaths(root).binding, hash, 'tfjs_binding.node')
  if (!existsSync(built)) await compile(runtime, sources, built, root, progress)
  progress.start('Testing TensorFlow')
  const version = await smokeTest(runtime, built)
  await mkdir(dirname(place), { recursive: true })
  const temporary = `${place}.${process.pid}.tmp`
  await copyFile(built, temporary)
  await rename(temporary, place)
  const kernels = sources
    .filter(({ file }) => file.startsWith(nativeFolder))
    .map(({ file }) => basename(file))
  await writeAtomic(placeStamp, JSON.stringify({ hash, kernels, tensorflow: version }))
  progress.done(`TensorFlow ${version} loads and computes`)
}

/**
 * @param {import('./tensorflow.mjs').Runtime} runtime
 * @param {readonly Source[]} sources
 * @param {string} built
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
async function compile(runtime, sources, built, root, progress) {
  progress.start('Compiling the TensorFlow binding')
  const objects = join(cachePaths(root).binding, 'objects')
  await mkdir(objects, { recursive: true })
  await mkdir(dirname(built), { recursive: true })
  const queue = [...sources]
  /** @type {string[]} */
  const compiled = []
  const worker = async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      compiled.push(await compileOne(runtime, source, objects))
      progress.update(`${compiled.length} of ${sources.length} files`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  compiled.sort()
  const libraries = runtime.tensorflowDir
  const temporary = `${built}.${process.pid}.tmp`
  await gxx([
    ...['-shared', '-o', temporary, ...compiled, '-fopenmp', `-L${libraries}`],
    ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    ...[`-Wl,-rpath,${libraries}`],
  ])
  await rename(temporary, built)
  progress.done(`${sources.length} files`)
}

/**
 * Compiles one source, or takes its object from the cache.
 * @param {import('./tensorflow.mjs').Runtime} runtime
 * @param {Source} source
 * @param {string} objects
 * @returns {Promise<string>} path of the object file
 */
async function compileOne(runtime, source, objects) {
  const flags = [...commonFlags, ...source.flags]
  const key = stampOf({
    source: source.content,
    flags: JSON.stringify([flags, process.arch, runtime.version]),
  })
  const object = join(objects, `${basename(source.file, '.cc')}-${key.slice(0, 16)}.o`)
  if (existsSync(object)) return object
  const temporary = `${object}.${process.pid}.tmp`
  const includes = [
    join(packagesFolder, 'node-api-headers', 'include'),
    join(runtime.tensorflowDir, 'include'),
    package_,
    nativeFolder,
  ].map((folder) => `-I${folder}`)
  await gxx([...flags, ...includes, '-c', source.file, '-o', temporary])
  await rename(temporary, object)
  return object
}

/** @param {readonly string[]} args */
function gxx(args) {
  return run('g++', args, {
    what: `Compiling ${args.find((arg) => arg.endsWith('.cc')) ?? 'the binding'} with g++`,
    remedy: 'g++ 9 or later is needed (Debian, Ubuntu: apt install g++).',
  })
}

/**
 * Loads a binding in a process of its own and multiplies two matrices.
 * @param {import('./tensorflow.mjs').Runtime} runtime
 * @param {string} binding path of the compiled binding
 * @returns {Promise<string>} TensorFlow's own word for its version
 */
export async function smokeTest(runtime, binding) {
  const script = fileURLToPath(new URL('./smoke.cjs', import.meta.url))
  const inherited = process.env.LD_LIBRARY_PATH
  const output = await run(process.execPath, [script, binding], {
    cwd: projectFolder,
    env: {
      ...process.env,
      ...runtime.environment,
      TF_CPP_MIN_LOG_LEVEL: '2',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      LD_LIBRARY_PATH: [...runtime.libraryPath, ...(inherited ? [inherited] : [])].join(':'),
    },
    timeoutMs: 180_000,
    what: 'Loading TensorFlow',
    remedy:
      '`npm run graftbench -- doctor` lists what is there; delete the cache folder it names to begin anew.',
  })
  return output.trim().split('\n').at(-1) ?? ''
}
