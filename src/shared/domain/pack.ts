import type { PackId, Timestamp } from './ids'

/** A knowledge pack as the workspace knows it; its content lies in a folder named by `hash`. */
export interface KnowledgePack {
  readonly id: PackId
  readonly name: string
  readonly version: number
  readonly language: string
  readonly labels: readonly string[]
  readonly hash: string
  readonly createdAt: Timestamp
}
