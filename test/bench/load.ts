import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { percentile } from './measure.js'

/**
 * The load generator, a process of its own. All events are signed beforehand, and requests go over bare sockets: on a
 * machine with few cores a costly generator measures itself.
 */

export interface LoadOrder {
  /** Connections are shared out among them. */
  readonly ports: readonly number[]
  readonly path: string
  readonly secret: string
  /** As it is posted; each event puts an id of its own in place of `ID`. */
  readonly body: string
  /** Begins the ids: no two orders may give the same. */
  readonly prefix: string
  readonly seconds: number
  readonly connections: number
  /** Events to sign; the round ends early when they are used up. */
  readonly events: number
}

export interface LoadResult {
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** What the generator itself took while it sent. */
  readonly cpuMs: number
}

export const ID = 'evt_in_place_of_this'

process.on('message', async (order: LoadOrder) => {
  process.send?.(await load(order))
  process.disconnect()
})

async function load(order: LoadOrder): Promise<LoadResult> {
  const requests = sign(order)
  const sockets = await Promise.all(
    Array.from({ length: order.connections }, (_, n) => open(order.ports[n % order.ports.length]!)),
  )
  const latencies: number[] = []
  const answers: Record<string, number> = {}
  let next = 0

  const cpuBefore = process.cpuUsage()
  const began = performance.now()
  const until = began + order.seconds * 1_000
  await Promise.all(
    sockets.map(async (socket) => {
      for (;;) {
        const request = requests(next)
        const sentAt = performance.now()
        if (!request || sentAt >= until) break
        next += 1
        const status = await exchange(socket, request)
        latencies.push(performance.now() - sentAt)
        answers[status] = (answers[status] ?? 0) + 1
      }
    }),
  )
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  for (const socket of sockets) socket.destroy()
  const sorted = Float64Array.from(latencies).sort()
  return {
    answers,
    seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    cpuMs: (user + system) / 1_000,
  }
}

/** The n-th request, signed beforehand; put together when it is sent, since all of them whole are hundreds of MB. */
function sign({ path, secret, body, prefix, events }: LoadOrder): (n: number) => string | undefined {
  // One character a byte from here on, which is the cheapest to put together and to write.
  const [before = '', after = ''] = Buffer.from(body).toString('latin1').split(ID)
  const timestamp = Math.floor(Date.now() / 1_000)
  const signed = Array.from({ length: events }, (_, n) => {
    const id = `evt_${prefix}${String(n).padStart(8, '0')}`
    const signature = createHmac('sha256', secret).update(`${timestamp}.${before}${id}${after}`, 'latin1').digest('hex')
    return { id, signature }
  })
  const head = (signature: string, length: number) =>
    [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Content-Type: application/json; charset=utf-8',
      `Stripe-Signature: t=${timestamp},v1=${signature}`,
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n')
  return (n) => {
    const one = signed[n]
    if (!one) return undefined
    const length = before.length + one.id.length + after.length
    return `${head(one.signature, length)}${before}${one.id}${after}`
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.setEncoding('latin1')
  await once(socket, 'connect')
  return socket
}

/** Sends a request and gives the status of its answer. @throws when the connection breaks */
function exchange(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const done = (settle: () => void) => {
      socket.removeListener('data', onData).removeListener('close', onClose)
      settle()
    }
    const onClose = () => done(() => reject(new Error('The server closed the connection')))
    const onData = (text: string) => {
      answer += text
      const status = wholeAnswer(answer)
      if (status) done(() => resolve(status))
    }
    socket.on('data', onData).on('close', onClose)
    socket.write(request, 'latin1')
  })
}

/** The status, once all of the answer is there. */
function wholeAnswer(answer: string): string | undefined {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1] ?? 0)
  return answer.length >= end + 4 + length ? answer.slice(9, 12) : undefined
}
