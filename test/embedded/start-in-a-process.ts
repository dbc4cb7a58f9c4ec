/** Starts the embedded Postgres in a process of its own, tells how that went as JSON, and stops it when told "stop". */
import { once } from 'node:events'
import { type Places, startEmbeddedPostgres } from '../../src/embedded/postgres.js'

const { places, ...options } = JSON.parse(process.argv[2] ?? '')
const lines: string[] = []
const tell = (what: object) => console.log(JSON.stringify({ ...what, lines }))
try {
  const postgres = await startEmbeddedPostgres(
    { ...options, say: (line) => lines.push(line) },
    places as Places | undefined,
  )
  tell({ url: postgres.url, adopted: postgres.adopted, clusterDir: postgres.clusterDir })
  await once(process.stdin, 'data')
  await postgres.stop()
  process.exit()
} catch (error) {
  const { name, message } = error as Error
  tell({ error: { name, message } })
}
