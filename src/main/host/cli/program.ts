import { Command, CommanderError } from 'commander'
import { GraftError, toErrorPayload } from '@shared/errors'
import type { HostOptions } from '../connect'
import { registerAblate } from './ablate'
import { registerAblations } from './ablations'
import type { Act, Register } from './command'
import { checkOptions } from './command'
import { registerDatasets } from './datasets'
import type { ExitCode } from './exit'
import { exitCodeOf, exitCodes, Interrupted } from './exit'
import { registerExport } from './export'
import { registerModels } from './models'
import type { Output } from './output'
import { createOutput } from './output'
import { registerPacks } from './packs'
import { registerPredict } from './predict'
import { registerRecipe } from './recipe'
import { registerRuns } from './runs'
import { registerServe } from './serve'
import { createSession } from './session'
import { giveBackTaken } from './taken'
import { registerStarter } from './starter'
import { registerTrain } from './train'

const groups: readonly Register[] = [
  registerStarter,
  registerModels,
  registerDatasets,
  registerPacks,
  registerTrain,
  registerRuns,
  registerAblate,
  registerAblations,
  registerPredict,
  registerExport,
  registerServe,
  registerRecipe,
]

/** Runs one command line to its end. Gives the exit code: see exitCodes. */
export async function runCommandLine(
  argv: readonly string[],
  host: HostOptions,
  version: string,
): Promise<ExitCode> {
  // Known before the arguments are understood: a mistake in them is told in the form asked for.
  const output = createOutput(argv.includes('--json'))
  try {
    await createProgram(host, version, output).parseAsync([...argv], { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError) return explainUsage(error, output)
    if (error instanceof Interrupted) return explainInterrupt(error, output)
    const payload = toErrorPayload(error)
    output.error(payload)
    return exitCodeOf(payload.code)
  }
}

function createProgram(host: HostOptions, version: string, output: Output): Command {
  const program = new Command('graftbench')
    .description('Fine-tune pre-trained models on your own data, compare the runs, export.')
    .version(version)
    .option('--workspace <dir>', 'folder of models, data and runs ($GRAFTBENCH_WORKSPACE)')
    .option('--json', 'one JSON object a line; the last one is the result')
    .addHelpText('after', '\n  graftbench doctor  says what is there, what is missing, what to do')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
  const act: Act =
    (schema, run) =>
    async (...given) => {
      const command = given.at(-1)
      if (!(command instanceof Command)) throw new Error('A command was called without itself.')
      const { workspace } = program.opts<{ workspace?: string }>()
      const session = createSession(host, workspace, output)
      try {
        await run(session, checkOptions(schema, command.opts()), command.args)
      } catch (error) {
        // Where that fails, too, the first error says more.
        await giveBackTaken(session).catch(() => undefined)
        throw error
      } finally {
        await session.close()
      }
    }
  for (const register of groups) register(program, act)
  catchExits(program)
  return program
}

/** Commander ends the process by itself unless every command is told not to. */
function catchExits(command: Command): void {
  command.exitOverride()
  command.configureOutput({
    // The message comes again with the error, in the form asked for.
    writeErr: () => undefined,
    writeOut: (text) => void process.stdout.write(text),
  })
  for (const each of command.commands) catchExits(each)
}

function explainUsage(error: CommanderError, output: Output): ExitCode {
  if (error.exitCode === 0) return exitCodes.ok
  const isHelp = error.code === 'commander.help'
  const message = isHelp
    ? 'Name a command; see graftbench --help.'
    : error.message.replace(/^error: /, '')
  output.error(new GraftError('input.invalid', message).toPayload())
  return exitCodes.invalid
}

function explainInterrupt({ result }: Interrupted, output: Output): ExitCode {
  const { number } = result
  if (typeof number === 'number') {
    output.lines(`Run #${number} is paused. Continue with: graftbench runs resume ${number}`)
  }
  output.result({ interrupted: true, ...result })
  return exitCodes.interrupted
}
