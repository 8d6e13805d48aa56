import { errorCodes } from '@shared/errors'
import { describe, expect, it } from 'vitest'
import { en } from '../../../src/renderer/i18n/en'
import { placeholders, type Message } from '../../../src/renderer/i18n/message'
import { zh } from '../../../src/renderer/i18n/zh'

const english: Readonly<Record<string, Message>> = en
const chinese: Readonly<Record<string, Message>> = zh

const textsOf = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : Object.values(message)

/** `count` chooses the plural form; a language without plurals need not repeat it. */
const parameters = (message: Message): readonly string[] =>
  placeholders(message).filter((name) => name !== 'count')

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
  })

  it('use the same placeholders in every text', () => {
    const different = Object.keys(english).filter(
      (key) => parameters(english[key] ?? '').join() !== parameters(chinese[key] ?? '').join(),
    )
    expect(different).toEqual([])
  })

  it('leave no text empty', () => {
    const empty = [english, chinese].flatMap((catalogue) =>
      Object.entries(catalogue)
        .filter(([, message]) => textsOf(message).some((text) => text.trim() === ''))
        .map(([key]) => key),
    )
    expect(empty).toEqual([])
  })

  it('offer a plural for every English text that counts', () => {
    const missing = Object.entries(english)
      .filter(([, message]) => typeof message !== 'string' && message.one === undefined)
      .map(([key]) => key)
    expect(missing).toEqual([])
  })

  it('say in both languages what each error code means', () => {
    const silent = errorCodes.filter((code) => !(`error.${code}` in english))
    expect(silent).toEqual([])
  })
})
