import type { Catalogue } from '../catalogue'
import { charts } from './charts'
import { errors } from './errors'
import { models } from './models'
import { runs } from './runs'
import { shell } from './shell'
import { ui } from './ui'

export const zh: Catalogue = {
  ...ui,
  ...shell,
  ...errors,
  ...charts,
  ...models,
  ...runs,
}
