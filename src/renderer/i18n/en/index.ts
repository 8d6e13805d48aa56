import { ablation } from './ablation'
import { charts } from './charts'
import { data } from './data'
import { errors } from './errors'
import { models } from './models'
import { compare } from './compare'
import { exports } from './exports'
import { playground } from './playground'
import { runs } from './runs'
import { knowledge } from './knowledge'
import { packPieces } from './packPieces'
import { projects } from './projects'
import { recipe } from './recipe'
import { shell } from './shell'
import { ui } from './ui'

export const en = {
  ...ui,
  ...shell,
  ...errors,
  ...projects,
  ...data,
  ...recipe,
  ...knowledge,
  ...packPieces,
  ...charts,
  ...models,
  ...runs,
  ...exports,
  ...compare,
  ...playground,
  ...ablation,
} as const
