import { afterAll, beforeAll } from 'vitest'
import type { Launcher } from '../../../src/main/engine/public'
import { createNodeLauncher } from '../../../src/main/engine/public'
import { sharedCacheFolder } from '../../../src/main/platform/paths'
import { bundleTrainer, type Bundle } from '../trainer/bundle'

/** Launches real trainers for the tests of a file; ask for it within a test. */
export function realTrainer(): () => Launcher {
  let bundle: Bundle
  let launcher: Launcher
  beforeAll(async () => {
    bundle = await bundleTrainer()
    launcher = createNodeLauncher(bundle.entry, sharedCacheFolder())
  })
  afterAll(() => bundle.remove())
  return () => launcher
}
