import { connect } from '../../src/db/knex.js'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js'

/**
 * The demo begins anew each time: what an earlier one left in its database is dropped.
 *
 * @returns how to let go of the server
 */
export async function startFreshPostgres(dataDir: string, say: (line: string) => void): Promise<() => Promise<void>> {
  const postgres = await startEmbeddedPostgres({ dataDir, say })
  const { pathname } = new URL(postgres.url)
  const name = pathname.slice(1)
  const server = new URL(postgres.url)
  server.pathname = '/postgres'
  const admin = connect(server.href, { max: 1 })
  try {
    await admin.raw('drop database if exists ?? with (force)', [name])
    await admin.raw('create database ??', [name])
  } finally {
    await admin.destroy()
  }
  return () => postgres.stop()
}
