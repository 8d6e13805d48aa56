import type { Catalogue } from '../catalogue'
import { data } from './data'
import { errors } from './errors'
import { models } from './models'
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
  ...models,
  ...recipe,
}
