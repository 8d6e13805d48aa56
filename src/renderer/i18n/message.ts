/** A text with `{placeholders}`; with plural forms it is chosen by the parameter `count`. */
export type Message =
  string | { readonly one?: string; readonly other: string; readonly zero?: string }

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never

type TextOf<M> = M extends string ? M : M[keyof M]

type Names<M> = NamesIn<TextOf<M>> | (M extends string ? never : 'count')

/** The parameters a message needs, read from its text. */
export type ParamsOf<M> = [Names<M>] extends [never]
  ? []
  : [params: { readonly [Name in Names<M>]: string | number }]

export type Params = Readonly<Record<string, string | number>>

/** The placeholders of a text, sorted, each once. */
export function placeholders(message: Message): readonly string[] {
  const texts = typeof message === 'string' ? [message] : Object.values(message)
  const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
  return [...new Set(names.filter((name) => name !== undefined))].sort()
}

/** The text in a language: plural form by Intl, numbers grouped by Intl. */
export function formatMessage(message: Message, tag: string, params: Params = {}): string {
  const text = typeof message === 'string' ? message : pluralForm(message, tag, params.count)
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? new Intl.NumberFormat(tag).format(value) : value
  })
}

function pluralForm(
  forms: Exclude<Message, string>,
  tag: string,
  count: string | number | undefined,
): string {
  if (typeof count !== 'number') return forms.other
  if (count === 0 && forms.zero !== undefined) return forms.zero
  return new Intl.PluralRules(tag).select(count) === 'one'
    ? (forms.one ?? forms.other)
    : forms.other
}
