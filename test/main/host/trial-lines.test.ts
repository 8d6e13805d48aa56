import { expect, it } from 'vitest'
import { trialLines } from '../../../src/main/host/cli/trial-lines'

it('lists the ways that a run tried, marks what was taken and says why', () => {
  const candidate = { description: 'It is.', error: 0, accuracy: 0.75 }
  const candidates = [
    { ...candidate, name: 'head: pre-trained', loss: 0.6, chosen: false },
    { ...candidate, name: 'trial: pre-trained, all parameters', loss: 0.5, chosen: true },
  ]
  expect(trialLines({ candidates, reason: 'It was better.' })).toEqual([
    'Ways that were tried',
    '  Way                                 Loss  Accuracy  Taken',
    '  head: pre-trained                    0.6      0.75',
    '  trial: pre-trained, all parameters   0.5      0.75  yes',
    'It was better.',
  ])
})

it('says what was settled where nothing was tried', () => {
  expect(trialLines({ candidates: [], reason: 'As it says.' })).toEqual(['As it says.'])
})
