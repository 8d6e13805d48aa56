import { charts } from './charts'
import { errors } from './errors'
import { models } from './models'
import { runs } from './runs'
import { shell } from './shell'
import { ui } from './ui'

export const en = {
  ...ui,
  ...shell,
  ...errors,
  ...charts,
  ...models,
  ...runs,
} as const
