import { z } from 'zod'
import type {
  Ablation,
  AblationDetail,
  ExplainedRow,
  Job,
  KnowledgePack,
  PackContent,
  PackReport,
} from './domain'
import { ablationArms, mostSeeds } from './domain/ablation'
import { packContentSchema } from './domain/pack-schema'
import { define, name, none, path, recipeDraft, reference, type Deletion } from './procedure'

/** A pack of the workspace, one that is being edited, or a folder or zip file not imported. */
const packSource = {
  pack: reference.optional(),
  content: packContentSchema.optional(),
  path: path.optional(),
}
const labelMap = z.record(z.string(), z.string()).default({})
/** Seeds of an ablation in all. */
const seeds = z.int().min(1).max(mostSeeds)

/** Procedures about knowledge packs and what they are worth. */
export const knowledgeContract = {
  'packs.list': define<readonly KnowledgePack[]>().of(none),
  'packs.get': define<{ readonly pack: KnowledgePack; readonly content: PackContent }>().of(
    z.strictObject({ pack: reference }),
  ),
  /** A folder or a zip file; the same content again gives the pack already there. The job's result is the KnowledgePack. */
  'packs.import': define<Job>().of(z.strictObject({ path, name: name.optional() })),
  /** A folder, or a zip file where the path ends in .zip. The job's result is { path, bytes }. */
  'packs.export': define<Job>().of(
    z.strictObject({ pack: reference, output: path, overwrite: z.boolean().default(false) }),
  ),
  /** Keeps an edited pack as a new version; the texts of the corpus come from `base`. */
  'packs.save': define<KnowledgePack>().of(
    z.strictObject({ content: packContentSchema, base: reference.optional() }),
  ),
  'packs.delete': define<Deletion>().of(z.strictObject({ pack: reference })),
  /** What is wrong with a pack or a draft, and how its pieces fare on a dataset's rows. */
  'packs.check': define<PackReport>().of(
    z.strictObject({
      ...packSource,
      dataset: reference.optional(),
      labels: labelMap,
    }),
  ),
  /** Rows that a piece, or any piece, speaks about. Test rows are never shown. */
  'packs.rows': define<{ readonly total: number; readonly rows: readonly ExplainedRow[] }>().of(
    z.strictObject({
      ...packSource,
      dataset: reference,
      labels: labelMap,
      piece: z.string().optional(),
      show: z.enum(['covered', 'wrong', 'conflict', 'uncovered']).default('covered'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(50),
    }),
  ),
  /**
   * Rules that the labelled training rows suggest, best first; pieces of the pack are not repeated. The
   * job's result is the Mining; it is not written down.
   */
  'packs.mine': define<Job>().of(
    z.strictObject({
      dataset: reference,
      pack: reference.optional(),
      trainRows: z.int().min(2).nullable().default(null),
      seed: z.int().min(0).default(0),
      precision: z.number().min(0.5).max(1).default(0.8),
      minimumRows: z.int().min(2).default(3),
      limit: z.int().min(1).max(1000).default(50),
    }),
  ),

  /** {none, training, prediction, both, auto} × numbers of labels × seeds on the same splits. */
  'ablations.create': define<Ablation>().of(
    z.strictObject({
      project: reference,
      name: name.optional(),
      /** With knowledge.pack; what differs between the cells is filled in. */
      recipe: recipeDraft,
      labels: z.array(z.int().min(2).max(10_000_000).nullable()).min(1).max(20).default([null]),
      arms: z
        .array(z.enum(ablationArms))
        .min(1)
        .default([...ablationArms]),
      seeds: seeds.default(10),
      /** Each piece of the pack left out in turn, with the last arm asked for. */
      leaveOneOut: z.boolean().default(false),
      metric: z.string().default('test.accuracy'),
    }),
  ),
  'ablations.list': define<readonly Ablation[]>().of(
    z.strictObject({ project: reference.optional() }).prefault({}),
  ),
  'ablations.get': define<AblationDetail>().of(z.strictObject({ ablation: reference })),
  /** Runs that wait are taken out of the queue, those that run are stopped; the rest stays. */
  'ablations.stop': define<Ablation>().of(z.strictObject({ ablation: reference })),
  'ablations.resume': define<Ablation>().of(z.strictObject({ ablation: reference })),
  /** Adds the seeds that are missing to so many in all; one that was stopped goes on. */
  'ablations.extend': define<Ablation>().of(z.strictObject({ ablation: reference, seeds })),
  /** The ablation with all its runs. */
  'ablations.delete': define<Deletion>().of(z.strictObject({ ablation: reference })),
} as const
