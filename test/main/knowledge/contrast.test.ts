import { expect, test } from 'vitest'
import { behindContrast } from '../../../src/main/knowledge/contrast'

const contrast = (...words: string[]) => ({ contrast: { words, before: 0.5, after: 1.5 } })

test('what stands behind the last contrasting word of any lexicon is told', () => {
  const lexicons = [contrast('but'), { contrast: null }, contrast('even so', '但是')]
  const texts = [
    'Good acting, but a dull film.',
    'Slow but sweet. Even so, too long!',
    'But nothing stands before it',
    'nothing stands behind it but',
    'a butter knife',
    'It was good, but.',
    '“But it was good.”',
    '演员很好，但是剧情无聊',
    '',
  ]
  expect(behindContrast(lexicons, texts)).toEqual([
    'a dull film.',
    ', too long!',
    ...Array.from({ length: 5 }, () => undefined),
    '剧情无聊',
    undefined,
  ])
})

test('without contrasting words nothing does', () => {
  expect(behindContrast([{ contrast: null }], ['good but bad'])).toEqual([undefined])
  expect(behindContrast([], ['good but bad'])).toEqual([undefined])
})
