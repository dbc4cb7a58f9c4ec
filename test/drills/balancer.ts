import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands in front of several web processes, as a platform's router does. */
export interface Balancer {
  readonly url: string
  close(): void
}

/** @param ports where web processes listen, or will */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    keep(client)
    turn += 1
    reach(
      client,
      ports.map((_, n) => ports[(n + turn) % ports.length]!),
    )
  })

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket))
  }

  /** The first that listens gets the connection; when none does, it is closed. */
  function reach(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) return void client.destroy()
    const web = connect({ port, host: '127.0.0.1', noDelay: true })
    let isReached = false
    keep(web)
    web.once('connect', () => {
      isReached = true
      client.pipe(web).pipe(client)
    })
    web.once('close', () => (isReached ? client.destroy() : reach(client, others)))
    client.once('close', () => web.destroy())
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
