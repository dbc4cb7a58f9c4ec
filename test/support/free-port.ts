import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A port that nobody listens on. */
export const freePort = () => freePortNear(0)

/** The wanted port if it is free, else any free one. */
export async function freePortNear(wanted: number): Promise<number> {
  const server = createServer()
  server.listen(wanted)
  try {
    await once(server, 'listening')
  } catch {
    return freePort() // Taken: that is what was asked.
  }
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
