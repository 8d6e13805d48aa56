import { join } from 'node:path'
import { startApp } from './app/start'

const built = join(import.meta.dirname, '..')

startApp({
  entries: import.meta.dirname,
  renderer: join(built, 'renderer'),
  preload: join(built, 'preload', 'index.cjs'),
})
