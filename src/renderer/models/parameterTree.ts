import type { ModelParameter } from '@shared/domain'

/** Parameters of one layer or block, in the order of the checkpoint. */
export interface ParameterGroup {
  /** Common beginning of the names, such as `encoder.layer.3`. */
  readonly name: string
  readonly parameters: readonly ModelParameter[]
  readonly count: number
  readonly trained: number
}

/** Numbers of a tensor. */
export const sizeOf = ({ shape }: ModelParameter): number =>
  shape.reduce((product, size) => product * size, 1)

/**
 * Groups parameters by the block that their name begins with: up to and with the first number
 * (`encoder.layer.3`), else the first part (`embeddings`, `pooler`, `classifier`).
 */
export function groupParameters(parameters: readonly ModelParameter[]): readonly ParameterGroup[] {
  const groups = new Map<string, ModelParameter[]>()
  for (const parameter of parameters) {
    const block = blockOf(parameter.name)
    const members = groups.get(block) ?? []
    groups.set(block, [...members, parameter])
  }
  return [...groups].map(([name, members]) => ({
    name,
    parameters: members,
    count: sum(members),
    trained: sum(members.filter((member) => member.trained)),
  }))
}

const families = /^(?:bert|distilbert|roberta)\./

function blockOf(name: string): string {
  const parts = name.replace(families, '').split('.')
  const number = parts.findIndex((part) => /^\d+$/.test(part))
  return parts.slice(0, number === -1 ? 1 : number + 1).join('.')
}

const sum = (parameters: readonly ModelParameter[]): number =>
  parameters.reduce((total, parameter) => total + sizeOf(parameter), 0)

/** The name of a parameter within its group. */
export function nameInGroup(name: string, group: string): string {
  const bare = name.replace(families, '')
  return bare.startsWith(`${group}.`) ? bare.slice(group.length + 1) : bare
}
