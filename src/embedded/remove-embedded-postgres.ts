import { existsSync } from 'node:fs'
import { realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../errors.js'
import { clusterIn } from './cluster.js'
import { movedTo, unsettleCluster } from './cluster-location.js'
import { isHeld } from './holders.js'
import { shutDown } from './postmaster.js'

/**
 * Removes the database of a data directory, wherever it lives, and nothing else there. A server that a killed process
 * left behind is stopped. Throws `StartError` when a living process uses the database.
 */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) return
  const resolved = await realpath(dataDir)
  const cluster = clusterIn((await movedTo(resolved)) ?? join(resolved, 'postgres'))
  if (existsSync(cluster.folder)) {
    if (await isHeld(cluster.holders)) {
      throw new StartError(`The database in ${cluster.folder} is in use by another process. Stop that one first.`)
    }
    await shutDown(cluster)
  }
  await unsettleCluster(resolved)
  await rm(cluster.folder, { recursive: true, force: true })
}
