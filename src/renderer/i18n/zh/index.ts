import type { Catalogue } from '../catalogue'
import { charts } from './charts'
import { errors } from './errors'
import { runs } from './runs'
import { shell } from './shell'
import { ui } from './ui'

export const zh: Catalogue = {
  ...ui,
  ...shell,
  ...errors,
  ...charts,
  ...runs,
}
