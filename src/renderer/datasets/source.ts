/**
 * Where a dataset came from, as a person knows it: files that were handed over in a browser go by
 * their names, without the folder that took them in.
 */
export const sourceText = (source: string): string =>
  source.replaceAll(/[^,]*[/\\]uploads[/\\][^/\\,]+[/\\]/g, (path) =>
    path.startsWith(' ') ? ' ' : '',
  )
