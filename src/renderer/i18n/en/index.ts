import { charts } from './charts'
import { errors } from './errors'
import { shell } from './shell'
import { ui } from './ui'

export const en = {
  ...ui,
  ...shell,
  ...errors,
  ...charts,
} as const
