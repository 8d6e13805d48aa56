import { charts } from './charts'
import { errors } from './errors'
import { runs } from './runs'
import { shell } from './shell'
import { ui } from './ui'

export const en = {
  ...ui,
  ...shell,
  ...errors,
  ...charts,
  ...runs,
} as const
