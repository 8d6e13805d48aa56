// @ts-check
import { bindingComplete, ensureBinding } from './binding.mjs'
import { buildComplete, ensureBuild } from './build.mjs'
import { readJsonIfThere, writeAtomic } from './files.mjs'
import { withLock } from './lock.mjs'
import { ensurePackages, packagesComplete } from './packages.mjs'
import { cachePaths } from './paths.mjs'
import { Progress } from './progress.mjs'
import {
  chooseVariant,
  ensurePackageArchive,
  ensureTensorflow,
  runtimeOf,
  tensorflowComplete,
  wheelsRunHere,
} from './tensorflow.mjs'

/**
 * @typedef {object} SetupOptions
 * @property {boolean} [gpu] the CUDA build, or not; without it the machine decides
 * @property {boolean} [build] whether the bundles are wanted too (default: yes)
 * @property {Progress} [progress]
 */

/**
 * @param {import('./wheels.mjs').Variant} variant
 * @param {boolean} build
 */
function isComplete(variant, build) {
  if (!wheelsRunHere || !packagesComplete() || !tensorflowComplete(variant)) return false
  const runtime = runtimeOf(variant)
  const known = JSON.stringify(readJsonIfThere(cachePaths().runtime)) === JSON.stringify(runtime)
  return known && bindingComplete(runtime) && (!build || buildComplete())
}

/**
 * Makes everything ready that Graftbench needs, each step only where it is missing: packages,
 * TensorFlow, the binding, the bundles. Runs under the right Node (see node.mjs). Two at once wait
 * for each other; one that was cut goes on where it stopped.
 * @param {SetupOptions} [options]
 * @returns {Promise<import('./tensorflow.mjs').Runtime>}
 */
export async function ensure({ gpu, build = true, progress = new Progress() } = {}) {
  const variant = chooseVariant(gpu)
  if (isComplete(variant, build)) return runtimeOf(variant)
  return withLock(cachePaths().lock, () => setUp(variant, build, progress), {
    onWait: (holder) =>
      progress.note(`Waiting for another set-up (process ${holder ?? 'unknown'}) …`),
  })
}

/**
 * @param {import('./wheels.mjs').Variant} variant
 * @param {boolean} build
 * @param {Progress} progress
 */
async function setUp(variant, build, progress) {
  await ensurePackages(progress)
  const runtime = wheelsRunHere
    ? await setUpTensorflow(variant, progress)
    : await ensurePackageArchive(progress)
  await writeAtomic(cachePaths().runtime, `${JSON.stringify(runtime, null, 2)}\n`)
  if (build) await ensureBuild(progress)
  return runtime
}

/**
 * @param {import('./wheels.mjs').Variant} variant
 * @param {Progress} progress
 */
async function setUpTensorflow(variant, progress) {
  await ensureTensorflow(variant, progress)
  const runtime = runtimeOf(variant)
  await ensureBinding(runtime, progress)
  return runtime
}
