import { once } from 'node:events'
import type { Server } from 'node:http'
import { StartError } from './errors.js'

/**
 * Resolves once the server listens.
 *
 * @param variable that the port came from
 * @throws StartError when the port is taken
 */
export async function listen(server: Server, port: number, variable: 'PORT' | 'WORKER_PORT'): Promise<void> {
  server.listen(port)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new StartError(`Port ${port} is taken: stop what listens there, or set ${variable} to another`)
  }
}
