import { data } from './data'
import { errors } from './errors'
import { models } from './models'
import { projects } from './projects'
import { recipe } from './recipe'
import { shell } from './shell'
import { ui } from './ui'

export const en = { ...ui, ...shell, ...errors, ...projects, ...data, ...models, ...recipe } as const
