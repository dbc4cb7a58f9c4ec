import { tsImport } from 'tsx/esm/api'

/** Starts the Postgres of the test run and makes the template that each test file copies. */
export default async function setUp() {
  const { startTestPostgres } = await tsImport('./test-postgres.ts', import.meta.url)
  await startTestPostgres()
}
