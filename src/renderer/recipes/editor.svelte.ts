import type { RecipeCheck } from '@shared/contract'
import type { Recipe, RunEstimate } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import {
  readDraft,
  valueAt,
  writeField,
  writeFields,
  type Draft,
  type FieldValue,
  type YamlValue,
} from './document'
import { defaults, effective, type FieldPath } from './fields'
import { presetFields, presetOf, type PresetName } from './presets'
import { concerns } from './problems'
import { runName } from './runName'

const checkAfterMs = 250

/**
 * One recipe that is being written, in the form and as text. The text is the truth; the form reads
 * it and changes it field by field. The engine checks what stands there and says what it costs.
 */
export class RecipeEditor {
  #client: Client
  #begin: string
  #yaml = $state('')
  /** What the form shows: the draft, or the last one that could be read. */
  #shown = $state.raw<Draft>({})
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  check = $state.raw<RecipeCheck | null>(null)
  estimate = $state.raw<RunEstimate | null>(null)
  /** Why the engine could not be asked. */
  error = $state.raw<ErrorPayload | null>(null)
  checking = $state(true)
  /** As they are typed, separated by commas; no part of the recipe. */
  tags = $state('')

  /** `begin` is where "start over" leads; `yaml` what stands there now. */
  constructor(client: Client, begin: string, yaml = begin) {
    this.#client = client
    this.#begin = begin
    this.#yaml = yaml
    this.#shown = readDraft(yaml) ?? {}
    void this.#ask()
  }

  get yaml(): string {
    return this.#yaml
  }

  get changed(): boolean {
    return this.#yaml !== this.#begin
  }

  get shown(): Draft {
    return this.#shown
  }

  /** Whether the text can be read; the form waits while it cannot. */
  readable: boolean = $derived(readDraft(this.#yaml) !== null)

  /** The preset that the recipe amounts to. */
  preset: PresetName | null = $derived(presetOf(this.#shown))

  /** What stands in the text, else the default. */
  value(path: string): unknown {
    return effective(this.#shown, path)
  }

  /** A word that stands in the text; null where it is missing or no word. */
  word(path: 'name' | 'model' | 'data.dataset'): string | null {
    const value = valueAt(this.#shown, path)
    return typeof value === 'string' && value !== '' ? value : null
  }

  problem(path: string): string | null {
    return this.check?.problems.find((each) => concerns(each, path))?.message ?? null
  }

  setYaml(yaml: string): void {
    if (yaml === this.#yaml) return
    this.#yaml = yaml
    this.#shown = readDraft(yaml) ?? this.#shown
    this.#soon()
  }

  /** null is taken out of the text where that means the same; a field that must be is kept. */
  set(path: FieldPath | 'name', value: FieldValue): void {
    const fallback = valueAt(defaults, path)
    if (value === null && fallback !== null) return
    this.setYaml(writeField(this.#yaml, path, value === null ? undefined : value))
  }

  /** Any place of the knowledge section; undefined is taken out of the text. */
  setKnowledge(path: 'knowledge' | `knowledge.${string}`, value: YamlValue | undefined): void {
    this.setYaml(writeField(this.#yaml, path, value))
  }

  /** Another model or dataset; a name that was made of the two follows. */
  choose(path: 'model' | 'data.dataset', value: string): void {
    const model = this.word('model') ?? ''
    const dataset = this.word('data.dataset') ?? ''
    const isMade = this.word('name') === null || this.word('name') === runName(model, dataset)
    const name = path === 'model' ? runName(value, dataset) : runName(model, value)
    this.setYaml(writeFields(this.#yaml, isMade ? { name, [path]: value } : { [path]: value }))
  }

  choosePreset(name: PresetName): void {
    this.setYaml(writeFields(this.#yaml, presetFields(name)))
  }

  startOver(): void {
    this.setYaml(this.#begin)
  }

  /** The recipe as it stands at this moment; null while it has problems. */
  async settle(): Promise<Recipe | null> {
    clearTimeout(this.#timer)
    if (this.check?.yaml !== this.#yaml || this.error !== null) await this.#ask()
    return this.check?.yaml === this.#yaml ? this.check.recipe : null
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#asked += 1
  }

  #soon(): void {
    this.checking = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), checkAfterMs)
  }

  async #ask(): Promise<void> {
    const asked = ++this.#asked
    const isOvertaken = (): boolean => asked !== this.#asked
    try {
      const check = await this.#client.call('recipes.check', { yaml: this.#yaml })
      if (isOvertaken()) return
      this.check = check
      this.error = null
      const estimate =
        check.recipe === null
          ? null
          : await this.#client.call('recipes.estimate', { recipe: check.recipe })
      if (isOvertaken()) return
      this.estimate = estimate
    } catch (error) {
      if (isOvertaken()) return
      this.error = toErrorPayload(error)
    }
    this.checking = false
  }
}
