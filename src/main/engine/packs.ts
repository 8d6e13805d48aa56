import { listPacks } from '../store'
import type { Context } from './context'
import type { HandlersOf } from './handlers'

export const packHandlers = ({ db }: Context): HandlersOf<'packs'> => ({
  'packs.list': () => listPacks(db),
})
