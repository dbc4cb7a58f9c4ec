import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

interface ReceivedWebhook {
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

export interface WebhookReceiver {
  readonly url: string
  /** Those that it took. */
  readonly received: readonly ReceivedWebhook[]
  /** The events, parsed, in the order of their arrival. */
  events(): {
    id: string
    type: string
    api_version: string
    pending_webhooks: number
    data: { object: Record<string, unknown> }
  }[]
  stop(): Promise<void>
}

/**
 * A place to deliver to. `status` decides what it answers to the n-th call, counting from 0: redirects lead to itself,
 * and to 0 it never answers.
 */
export async function startReceiver(status: (nth: number) => number = () => 200, port = 0): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  let calls = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const code = status(calls)
    calls += 1
    if (code === 0) return
    if (code < 300) received.push({ body: Buffer.concat(chunks).toString(), headers: request.headers })
    response.writeHead(code, code >= 300 && code < 400 ? { location: request.url } : {}).end()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    events: () => received.map(({ body }) => JSON.parse(body)),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
