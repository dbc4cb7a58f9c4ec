import type { Knex } from 'knex'
import { readConfig } from './src/config.js'
import { migrationSource } from './src/db/migrate.js'

/** For the Knex command line on an external database. The product itself migrates at its start and in `release`. */
const config: Knex.Config = {
  client: 'pg',
  connection: readConfig().databaseUrl ?? '',
  migrations: { migrationSource },
}

export default config
