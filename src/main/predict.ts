import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { readPack } from './data/pack/read-pack'
import { readNeighbours } from './formats/neighbours'
import { parseFittedFusion } from './knowledge/fusion/fitted'
import { createPredictor } from './knowledge/predictor'
import type { LoadPredictor } from './knowledge/predictor-types'
import { readJsonFile } from './platform/json'

/** The entry of the predictor that is exported beside a model: `predict.mjs`. */
export const loadPredictor: LoadPredictor = async (folder) => {
  const fusionFile = join(folder, 'fusion.json')
  const fusion = parseFittedFusion(await readJsonFile(fusionFile, z.unknown()), fusionFile)
  const { content, problems } = await readPack(join(folder, 'pack'))
  const error = problems.find(({ severity }) => severity === 'error')
  if (error !== undefined) {
    throw new GraftError(
      'pack.invalid',
      `${join(folder, 'pack', error.file)}, line ${error.line ?? 1}: ${error.message}`,
      { file: error.file, line: error.line },
    )
  }
  return createPredictor({ fusion, content, neighbours: await readNeighbours(folder) })
}
