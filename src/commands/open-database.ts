import type { Config } from '../config.js'
import { startEmbeddedPostgres } from '../embedded/postgres.js'
import type { Log } from '../log.js'

/** A database that answers, and how to let go of it. */
export interface OpenDatabase {
  readonly url: string
  close(): Promise<void>
}

/** The database of `DATABASE_URL`, else the embedded one: started, or adopted where it already runs. */
export async function openDatabase({ databaseUrl, dataDir }: Config, log?: Log): Promise<OpenDatabase> {
  if (databaseUrl) return { url: databaseUrl, close: async () => undefined }
  const postgres = await startEmbeddedPostgres({
    dataDir,
    say: (line) => process.stderr.write(`${line}\n`),
    onRestart: ({ attempt }) => log?.warn({ attempt }, 'the embedded Postgres died and is back'),
    onGone: (error) => {
      log?.fatal({ err: error }, 'the embedded Postgres died and can not be brought back')
      process.exit(1) // Whoever watches this process starts it anew; what was accepted is in the database.
    },
  })
  return { url: postgres.url, close: () => postgres.stop() }
}
