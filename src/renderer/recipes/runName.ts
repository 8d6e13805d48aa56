/** The name of a run that nobody named yet. */
export const runName = (model: string, dataset: string): string => `${dataset}, ${model}`

/** Tags as people type them: separated by commas, each once. */
export const tagsOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/[,，、;；]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
]
