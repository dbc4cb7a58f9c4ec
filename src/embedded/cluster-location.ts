import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Account, closedTo, insistOpen, makeFolder } from './account.js'
import { cannotRun } from './cannot-run.js'
import { textOf } from './cluster.js'

const POINTER = 'postgres-moved-to'

/**
 * Where the cluster of a data directory (resolved path) lives: in it, unless `account` cannot reach that. Then it
 * lives below `shared`, and a pointer in the data directory says so from the first start on, also when the folders
 * above are opened later.
 */
export async function locateCluster(
  dataDir: string,
  account: Account | undefined,
  shared: string,
  say: (line: string) => void,
): Promise<string> {
  const here = join(dataDir, 'postgres')
  const pointer = join(dataDir, POINTER)
  const elsewhere = (await textOf(pointer))?.trim()
  if (elsewhere) {
    if (!existsSync(elsewhere)) {
      throw cannotRun(
        `${pointer} says that the database lives in ${elsewhere}, and nothing is there`,
        `Bring it back, or remove ${pointer} to start with an empty one`,
      )
    }
    say(`Postgres keeps its data in ${elsewhere}.`)
    return elsewhere
  }
  const closed = account && (await closedTo(account, dataDir))
  if (!closed) return here
  // Data that is already here must not be passed over for an empty cluster elsewhere.
  if (existsSync(here)) await insistOpen(account, dataDir)

  const folder = join(shared, createHash('sha256').update(dataDir).digest('hex').slice(0, 16))
  say(`Postgres keeps its data in ${folder}: it runs as ${account.name}, who may not pass ${closed}.`)
  await makeFolder(shared, account)
  await insistOpen(account, shared)
  return folder
}

/** Notes in the data directory where its cluster went, if it did. */
export async function pointTo(folder: string, dataDir: string): Promise<void> {
  if (dirname(folder) !== dataDir) await writeFile(join(dataDir, POINTER), `${folder}\n`)
}
