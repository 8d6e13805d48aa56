import { runEngineProcess } from './engine/process'

void runEngineProcess(process.argv.slice(2))
