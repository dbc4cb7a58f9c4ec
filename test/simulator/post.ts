import { Agent, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'

export type PostResult = { readonly status: number } | { readonly error: string }

/** Posts over kept connections. Never throws: a refused or broken connection is a result too. Follows no redirects. */
export class Poster {
  readonly #agent: Agent
  readonly #secureAgent: SecureAgent
  readonly #timeoutMs: number

  /** @param timeoutMs until the answer is whole */
  constructor(connections: number, timeoutMs: number) {
    const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections }
    this.#agent = new Agent(options)
    this.#secureAgent = new SecureAgent(options)
    this.#timeoutMs = timeoutMs
  }

  post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<PostResult> {
    return new Promise((resolve) => {
      const secure = url.startsWith('https:')
      const outgoing = (secure ? secureRequest : request)(
        url,
        {
          method: 'POST',
          agent: secure ? this.#secureAgent : this.#agent,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          answer.on('error', (error) => resolve({ error: error.message }))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0 }))
          answer.resume()
        },
      )
      // Node's own time-out is for silence: with it, an answer that trickles would never be late.
      const late = setTimeout(() => outgoing.destroy(new Error('timed out')), this.#timeoutMs)
      outgoing.on('close', () => clearTimeout(late))
      outgoing.on('error', (error) => resolve({ error: error.message }))
      outgoing.end(body)
    })
  }

  stop(): void {
    this.#agent.destroy()
    this.#secureAgent.destroy()
  }
}
