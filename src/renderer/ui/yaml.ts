export type TokenKind = 'plain' | 'key' | 'value' | 'string' | 'comment' | 'mark'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const line =
  /^(?<indent>\s*)(?<dash>- )?(?:(?<key>"[^"]*"|'[^']*'|[^\s#:'"{}[\],][^#:]*?)(?<colon>:)(?=\s|$))?(?<rest>.*)$/

/** One line of YAML in pieces for colouring; together they are the line, unchanged. */
export function yamlTokens(text: string): readonly Token[] {
  const groups = line.exec(text)?.groups
  if (groups === undefined) return [{ kind: 'plain', text }]
  const { indent = '', dash = '', key = '', colon = '', rest = '' } = groups
  const tokens: Token[] = [
    { kind: 'plain', text: indent },
    { kind: 'mark', text: dash },
    { kind: 'key', text: key },
    { kind: 'mark', text: colon },
    ...valueTokens(rest),
  ]
  return tokens.filter((token) => token.text !== '')
}

function valueTokens(rest: string): readonly Token[] {
  const comment = /(^|\s)#.*$/.exec(rest)
  const value = comment === null ? rest : rest.slice(0, comment.index)
  const tail: readonly Token[] =
    comment === null ? [] : [{ kind: 'comment', text: rest.slice(comment.index) }]
  const bare = value.trim()
  const isLiteral = /^(true|false|null|~|[+-]?[\d.]+(e[+-]?\d+)?)$/i.test(bare)
  const isQuoted = /^["']/.test(bare)
  const kind: TokenKind = isLiteral ? 'value' : isQuoted ? 'string' : 'plain'
  return [{ kind, text: value }, ...tail]
}
