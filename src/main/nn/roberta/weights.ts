import { bertNamesUnder } from '../bert/weights'

export const robertaNames = bertNamesUnder('roberta.')
