export interface SelectOption<Value extends string = string> {
  readonly value: Value
  readonly label: string
  /** A second line, in grey. */
  readonly hint?: string | undefined
  readonly disabled?: boolean
}
