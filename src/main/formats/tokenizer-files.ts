import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from '../platform/files'

/** Files that a tokeniser consists of. */
export const tokenizerFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
] as const

/** Copies what a model folder has of its tokeniser into another folder. */
export async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of tokenizerFiles) {
    const path = join(from, name)
    if (await exists(path)) await copyFile(path, join(to, name))
  }
}
