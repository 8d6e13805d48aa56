/**
 * Trains the run of a folder and kills itself, as SIGKILL does, in the middle of a step: before the
 * first batch after so many that is not the first of its step. Without a number it ends well.
 */
import { createControl } from '../../../src/main/trainer/control'
import { createModel } from '../../../src/main/trainer/model'
import { trainRun } from '../../../src/main/trainer/train'
import { watched } from './watched'

const [, , folder = '', batches = 'Infinity'] = process.argv
let seen = 0

const dying = watched(createModel, ({ microStep }) => {
  seen += 1
  if (seen > Number(batches) && microStep > 0) process.kill(process.pid, 'SIGKILL')
})

void trainRun(folder, () => undefined, createControl(), dying).then((code) => {
  process.exitCode = code
})
