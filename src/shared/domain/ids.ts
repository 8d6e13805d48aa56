declare const brand: unique symbol

type Branded<Kind extends string> = string & { readonly [brand]: Kind }

export type ProjectId = Branded<'project'>
export type DatasetId = Branded<'dataset'>
export type ModelId = Branded<'model'>
export type PackId = Branded<'pack'>
export type AblationId = Branded<'ablation'>
export type RecipeId = Branded<'recipe'>
export type RunId = Branded<'run'>
export type JobId = Branded<'job'>
export type ArtifactId = Branded<'artifact'>

/** Milliseconds since 1970-01-01 UTC. */
export type Timestamp = number
