import { Agent, request } from 'node:http'

export type PostResult = { readonly status: number } | { readonly error: string }

/** Posts over kept connections. Never throws: a refused or broken connection is a result too. */
export class Poster {
  readonly #agent: Agent
  readonly #timeoutMs: number

  constructor(connections: number, timeoutMs: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections })
    this.#timeoutMs = timeoutMs
  }

  post(url: string, body: string, headers: Record<string, string>): Promise<PostResult> {
    return new Promise((resolve) => {
      const outgoing = request(
        url,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: this.#timeoutMs,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          answer.on('error', (error) => resolve({ error: error.message }))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0 }))
          answer.resume()
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')))
      outgoing.on('error', (error) => resolve({ error: error.message }))
      outgoing.end(body)
    })
  }

  stop(): void {
    this.#agent.destroy()
  }
}
