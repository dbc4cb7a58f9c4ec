import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'

export interface RunningServer {
  readonly port: number
  /** Without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

/** Listens on the loopback interface only: a simulator is nobody else's business. Port 0 takes a free one. */
export async function listenOnLoopback(app: Koa, port: number): Promise<RunningServer> {
  const server = createServer(app.callback())
  server.keepAliveTimeout = 60_000
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
