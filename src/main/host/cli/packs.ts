import { z } from 'zod'
import type { Register } from './command'
import { noOptions } from './command'
import { formatBytes } from './format'
import { runJob } from './jobs'
import { registerPackRules } from './pack-rules'
import { registerPackCheck } from './pack-check'
import { importPack } from './pack-source'
import { describePack, packTable, problemLine } from './pack-text'
import { typedPath } from './session'

export const registerPacks: Register = (program, act) => {
  const packs = program.command('packs').description('knowledge packs: what a person knows')
  packs
    .command('add')
    .argument('<source>', 'a folder with a pack.yaml, or a zip file of one')
    .option('--name <name>', 'name of the pack; by default that of its pack.yaml')
    .description('copy a pack into the workspace')
    .action(
      act(addOptions, async (session, { name }, [source = '']) => {
        const added = await importPack(session, source, name)
        const { id, version, takenVersion, warnings } = added
        const { pack, content } = await (await session.engine()).call('packs.get', { pack: id })
        session.output.lines(
          ...warnings.map(problemLine),
          ...(takenVersion === null
            ? []
            : [`Version ${takenVersion} is another pack already: kept as version ${version}.`]),
          ...describePack(pack, content),
        )
        session.output.result({ pack, takenVersion, warnings })
      }),
    )
  packs
    .command('show')
    .argument('<pack>', 'name, name@version or id')
    .description('what a pack says')
    .action(
      act(noOptions, async (session, _options, [reference = '']) => {
        const found = await (await session.engine()).call('packs.get', { pack: reference })
        session.output.lines(...describePack(found.pack, found.content))
        session.output.result(found)
      }),
    )
  registerPackCheck(packs, act)
  registerPackRules(packs, act)
  packs
    .command('export')
    .argument('<pack>', 'name, name@version or id')
    .requiredOption('--output <path>', 'folder to make, or a zip file where it ends in .zip')
    .option('--overwrite', 'replace a pack that is there')
    .description('write a pack as a folder or a zip file')
    .action(
      act(exportOptions, async (session, { output, overwrite }, [pack = '']) => {
        const written = exportResult.parse(
          await runJob(session, (engine) =>
            engine.call('packs.export', { pack, output: typedPath(output), overwrite }),
          ),
        )
        session.output.lines(`Exported ${formatBytes(written.bytes)}: ${written.path}`)
        session.output.result(written)
      }),
    )
  packs
    .command('delete')
    .argument('<pack>', 'name, name@version or id')
    .description('delete a pack that no run and no ablation uses')
    .action(
      act(noOptions, async (session, _options, [pack = '']) => {
        const { bytes } = await (await session.engine()).call('packs.delete', { pack })
        session.output.lines(`Deleted ${pack}; ${formatBytes(bytes)} came back.`)
        session.output.result({ deleted: pack, bytes })
      }),
    )
  packs
    .command('list', { isDefault: true })
    .description('the packs that are there')
    .action(
      act(noOptions, async (session) => {
        const list = await (await session.engine()).call('packs.list', {})
        if (list.length === 0) {
          session.output.lines('No packs yet. Add one: graftbench packs add DIR')
        } else session.output.lines(...packTable(list))
        session.output.result({ packs: list })
      }),
    )
}

const addOptions = z.object({ name: z.string().optional() })
const exportOptions = z.object({ output: z.string(), overwrite: z.boolean().default(false) })
const exportResult = z.looseObject({ path: z.string(), bytes: z.number() })
