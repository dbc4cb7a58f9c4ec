import { createServer, type Socket } from 'node:net'

/**
 * Takes webhooks and forgets them, over bare sockets: on a machine with few cores a costly receiver measures itself.
 *
 * Started with `BENCH_PORT`.
 */
const TAKEN = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

createServer((socket) => takeFrom(socket)).listen(Number(process.env.BENCH_PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))

/** One request at a time on each connection, as a client without pipelining sends them. */
function takeFrom(socket: Socket): void {
  let head = ''
  /** Bytes of the body that are still to come; undefined while the head is read. */
  let missing: number | undefined
  socket.setEncoding('latin1').on('error', () => socket.destroy())
  socket.on('data', (text: string) => {
    if (missing === undefined) {
      head += text
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head.slice(0, end))?.[1] ?? 0)
      missing = length - (head.length - end - 4)
    } else missing -= text.length
    if (missing > 0) return
    head = ''
    missing = undefined
    socket.write(TAKEN)
  })
}
