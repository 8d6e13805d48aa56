import type { CsvParser, CsvRecord } from './csv'
import { decodeFile, type Encoding } from './encoding'

export interface ReadRecord {
  readonly record: CsvRecord
  /** Bytes of the file that were read when the record was complete. */
  readonly bytesRead: number
}

/** The records of a text file, one at a time, whatever the size of the file. */
export async function* readRecords(
  path: string,
  encoding: Encoding,
  parser: CsvParser,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadRecord, void, undefined> {
  let bytesRead = 0
  for await (const piece of decodeFile(path, encoding, signal)) {
    bytesRead = piece.bytesRead
    for (const record of parser.push(piece.text)) yield { record, bytesRead }
  }
  for (const record of parser.end()) yield { record, bytesRead }
}
