import { tsImport } from 'tsx/esm/api'

export default async function tearDown() {
  const { stopTestPostgres } = await tsImport('./test-postgres.ts', import.meta.url)
  await stopTestPostgres()
}
