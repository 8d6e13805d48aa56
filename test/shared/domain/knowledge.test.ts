import { expect, test } from 'vitest'
import { knowledgeSchema } from '../../../src/shared/domain/knowledge'

test('a method that is listed twice is refused where it stands', () => {
  const read = (training: readonly unknown[]) => knowledgeSchema.safeParse({ pack: 'p', training })
  expect(read([{ use: 'words' }, { use: 'weak' }]).success).toBe(true)
  expect(read([{ use: 'words' }, { use: 'words', maxSteps: 20 }]).error?.issues).toMatchObject([
    { path: ['training', 1, 'use'], message: '"words" is listed twice; once is enough.' },
  ])
})
