import type { Catalogue } from '../catalogue'
import { charts } from './charts'
import { data } from './data'
import { errors } from './errors'
import { models } from './models'
import { compare } from './compare'
import { exports } from './exports'
import { playground } from './playground'
import { runs } from './runs'
import { knowledge } from './knowledge'
import { projects } from './projects'
import { recipe } from './recipe'
import { shell } from './shell'
import { ui } from './ui'

export const zh: Catalogue = {
  ...ui,
  ...shell,
  ...errors,
  ...projects,
  ...data,
  ...recipe,
  ...knowledge,
  ...charts,
  ...models,
  ...runs,
  ...exports,
  ...compare,
  ...playground,
}
