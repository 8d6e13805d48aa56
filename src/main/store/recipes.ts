import type { Recipe } from '@shared/domain'
import { toJson, write, type WritableDatabase } from './database'

/** Keeps a recipe under the hash of its content; the same recipe twice is one row. */
export function keepRecipe(
  db: WritableDatabase,
  hash: string,
  recipe: Recipe,
  createdAt: number,
): void {
  write(
    db,
    `INSERT INTO recipes (hash, recipe, created_at) VALUES ($hash, $recipe, $createdAt)
     ON CONFLICT (hash) DO NOTHING`,
    { hash, recipe: toJson(recipe), createdAt },
  )
}

/** Removes recipes that no run and no ablation has any more. */
export const deleteUnusedRecipes = (db: WritableDatabase): number =>
  write(
    db,
    `DELETE FROM recipes WHERE hash NOT IN (SELECT recipe FROM runs)
       AND hash NOT IN (SELECT recipe FROM ablations)`,
  )
