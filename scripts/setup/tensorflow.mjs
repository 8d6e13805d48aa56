// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readJsonIfThere, replaceFolder, requireFreeDisk, writeAtomic } from './files.mjs'
import { cachePaths, packagesFolder } from './paths.mjs'
import { fetchWheel } from './pip.mjs'
import { formatBytes } from './progress.mjs'
import { run } from './run.mjs'
import { builds, tensorflowVersion } from './wheels.mjs'
import { extractZip, listZip } from './zip.mjs'

/**
 * The TensorFlow that trainers use. The launcher reads this from `runtime.json` of the cache:
 * `libraryPath` belongs in front of the trainer's LD_LIBRARY_PATH, `environment` in its variables.
 * @typedef {object} Runtime
 * @property {'cpu' | 'cuda' | 'package'} variant `package`: the archive of tfjs-node-gpu itself
 * @property {string} version of TensorFlow
 * @property {string} tensorflowDir holds libtensorflow_cc.so.2, libtensorflow_framework.so.2, include
 * @property {readonly string[]} libraryPath
 * @property {Readonly<Record<string, string>>} environment
 */

const marker = '.complete.json'

/** Whether this machine can use TensorFlow's wheels. */
export const wheelsRunHere = process.platform === 'linux' && process.arch === 'x64'

/** Whether an NVIDIA driver is loaded. */
export function hasNvidiaDriver() {
  return existsSync('/proc/driver/nvidia/version')
}

/**
 * Which build a machine gets: the wish of the command line, then GRAFTBENCH_GPU (`1` or `0`),
 * then what the machine has.
 * @param {boolean | undefined} gpu
 * @param {string | undefined} [wish]
 * @param {boolean} [driver]
 * @returns {import('./wheels.mjs').Variant}
 */
export function chooseVariant(gpu, wish = process.env.GRAFTBENCH_GPU, driver = hasNvidiaDriver()) {
  if (gpu !== undefined) return gpu ? 'cuda' : 'cpu'
  if (wish === '1' || wish === '0') return wish === '1' ? 'cuda' : 'cpu'
  return driver ? 'cuda' : 'cpu'
}

/**
 * The folder of a build and the hashes that a complete one was made of.
 * @param {import('./wheels.mjs').Variant} variant
 * @param {string} root the cache folder
 */
function placeOf(variant, root) {
  return {
    folder: join(cachePaths(root).tensorflow, `${tensorflowVersion}-${variant}`),
    wheels: builds[variant].wheels.map((wheel) => wheel.sha256),
  }
}

/**
 * Whether a build is there from these very wheels. The marker is written last, inside a folder
 * that gets its name last.
 * @param {import('./wheels.mjs').Variant} variant
 * @param {string} [root] the cache folder
 * @returns {boolean}
 */
export function tensorflowComplete(variant, root = cachePaths().root) {
  const { folder, wheels } = placeOf(variant, root)
  const there = readJsonIfThere(join(folder, marker))?.wheels
  return JSON.stringify(there) === JSON.stringify(wheels)
}

/**
 * What of a wheel is needed: TensorFlow's two libraries, headers and notices; NVIDIA's libraries,
 * the assembler and the bit code that XLA looks for.
 * @param {string} name
 * @returns {boolean}
 */
export function isNeeded(name) {
  return (
    /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name) ||
    /^tensorflow\/(include\/|THIRD_PARTY_NOTICES)/.test(name) ||
    /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/.test(name) ||
    /^nvidia\/cuda_nvcc\/(bin|nvvm)\//.test(name) ||
    /^[^/]+\.dist-info\/.*(LICENSE|License|NOTICE)[^/]*$/.test(name)
  )
}

/**
 * Fetches, verifies and unpacks a build of TensorFlow where it is not complete.
 * @param {import('./wheels.mjs').Variant} variant
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} [root] the cache folder
 */
export async function ensureTensorflow(variant, progress, root = cachePaths().root) {
  if (tensorflowComplete(variant, root)) return
  const { folder, wheels } = placeOf(variant, root)
  const partial = `${folder}.partial`
  const downloads = cachePaths(root).downloads
  await requireFreeDisk(root, builds[variant].disk, `TensorFlow (${variant})`)
  await mkdir(downloads, { recursive: true })
  for (const wheel of builds[variant].wheels) {
    const unpacked = join(partial, `.${wheel.name}.json`)
    if (existsSync(unpacked)) continue
    const file = await fetchWheel(wheel, downloads, progress)
    await unpackWheel(file, partial, progress, `Unpacking ${wheel.name}`)
    await writeAtomic(unpacked, JSON.stringify({ sha256: wheel.sha256 }))
    await rm(file)
  }
  await writeAtomic(join(partial, marker), JSON.stringify({ version: tensorflowVersion, wheels }))
  await replaceFolder(partial, folder)
}

/**
 * @param {string} file a wheel
 * @param {string} folder
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} label
 */
async function unpackWheel(file, folder, progress, label) {
  const entries = (await listZip(file)).filter((entry) => isNeeded(entry.name))
  const total = entries.reduce((sum, entry) => sum + entry.size, 0)
  await requireFreeDisk(folder, total, label)
  progress.start(label)
  await extractZip(file, entries, folder, (done) =>
    progress.update(`${formatBytes(done)} of ${formatBytes(total)}`),
  )
  progress.done(formatBytes(total))
}

/**
 * Where a complete build lies and what a process that loads it needs.
 * @param {import('./wheels.mjs').Variant} variant
 * @param {string} [root] the cache folder
 * @returns {Runtime}
 */
export function runtimeOf(variant, root = cachePaths().root) {
  const { folder } = placeOf(variant, root)
  const tensorflowDir = join(folder, 'tensorflow')
  const nvidia = join(folder, 'nvidia')
  const libraries = existsSync(nvidia)
    ? readdirSync(nvidia)
        .map((name) => join(nvidia, name, 'lib'))
        .filter((path) => existsSync(path))
        .sort()
    : []
  /** @type {Record<string, string>} */
  const environment = {}
  const compiler = join(nvidia, 'cuda_nvcc')
  if (variant === 'cuda') environment.XLA_FLAGS = `--xla_gpu_cuda_data_dir=${compiler}`
  return {
    variant,
    version: tensorflowVersion,
    tensorflowDir,
    libraryPath: [tensorflowDir, ...libraries],
    environment,
  }
}

/**
 * Fetches TensorFlow the way tfjs-node-gpu itself does, for machines that its wheels do not fit:
 * libtensorflow 2.9.1 and a finished binding.
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<Runtime>}
 */
export async function ensurePackageArchive(progress) {
  const folder = join(packagesFolder, '@tensorflow', 'tfjs-node-gpu')
  const library = join(folder, 'deps', 'lib')
  if (!existsSync(join(library, marker))) {
    progress.note(
      `TensorFlow ${tensorflowVersion} is used on x86-64 Linux. On ${process.platform} ${process.arch} Graftbench uses ` +
        'the older archive of @tensorflow/tfjs-node-gpu (libtensorflow 2.9.1): slower, without own kernels.',
    )
    progress.start('TensorFlow 2.9.1')
    await run(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
      cwd: folder,
      what: "Fetching TensorFlow by tfjs-node-gpu's own installer",
      remedy: 'Check that storage.googleapis.com can be reached and run the command again.',
    })
    await writeAtomic(join(library, marker), JSON.stringify({ version: '2.9.1' }))
    progress.done()
  }
  return {
    variant: 'package',
    version: '2.9.1',
    tensorflowDir: library,
    libraryPath: [],
    environment: {},
  }
}
