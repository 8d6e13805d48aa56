import type { en } from './en'
import type { Message } from './message'

export type MessageKey = keyof typeof en

/** A complete catalogue: a missing text does not compile. */
export type Catalogue = Readonly<Record<MessageKey, Message>>

/** The part of a catalogue that translates one file of the English one. */
export type Translation<Part> = Readonly<Record<keyof Part, Message>>
