import { Agent, type IncomingMessage, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { insist } from './target.js'

const MEBIBYTE = 1_048_576

/** How a body comes over the wire. `faithful`: whoever sends so is entitled to be understood. */
export interface Wire {
  readonly bytes: Buffer
  /** What the sender computes the signature of. */
  readonly signed: string
  readonly headers: Readonly<Record<string, string>>
  readonly faithful: boolean
  /** The connection ends before the body does. */
  readonly cut?: boolean
  readonly chunked?: boolean
}

const JSON_TYPE = { 'content-type': 'application/json' }
const plain = (text: string): Wire => ({ bytes: Buffer.from(text), signed: text, headers: JSON_TYPE, faithful: true })
const odd = (text: string): Wire => ({ ...plain(text), faithful: false })
const typed = (text: string, type: string): Wire => ({ ...plain(text), headers: { 'content-type': type } })
const bytes = (text: string, signed: string, body: Buffer): Wire => ({ ...odd(text), bytes: body, signed })

/** With something long or deep beside what it says, and nothing else changed. */
const beside = (text: string, more: string) => text.replace(/\}\s*$/, `,"parent":${more}}`)
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const nestedData = (levels: number) => `${'{"data":'.repeat(levels)}1${'}'.repeat(levels)}`

export const WIRES = {
  plain,
  spaced: (text) => plain(` \n${text}\r\n `),
  chunked: (text) => ({ ...plain(text), chunked: true }),
  untyped: (text) => ({ ...plain(text), headers: {} }),
  form: (text) => typed(text, 'application/x-www-form-urlencoded'),
  multipart: (text) => typed(text, 'multipart/form-data; boundary=x'),
  'wrong charset': (text) => typed(text, 'application/json; charset=utf-16le'),
  'no type at all': (text) => typed(text, ';;;=,\t'),
  'said to be gzip': (text) => ({ ...plain(text), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }),
  'nearly a mebibyte': (text) => plain(beside(text, `"${'x'.repeat(MEBIBYTE - Buffer.byteLength(text) - 13)}"`)),
  'deep arrays': (text) => plain(beside(text, nested(50_000))),
  'deep objects': (text) => plain(beside(text, nestedData(40_000))),
  gzip: (text) => bytes(text, gzipSync(text).toString('latin1'), gzipSync(text)),
  'too large': (text) => odd(beside(text, `"${'x'.repeat(MEBIBYTE)}"`)),
  'too large, chunked': (text) => ({ ...odd(beside(text, `"${'x'.repeat(MEBIBYTE)}"`)), chunked: true }),
  cut: (text) => ({ ...odd(text), cut: true }),
  'cut, and signed so': (text) => odd(text.slice(0, text.length / 2)),
  'sent twice in one': (text) => odd(text + text),
  'with a byte order mark': (text) => odd(`\ufeff${text}`),
  'with bytes that are no UTF-8': (text) =>
    bytes(text, text, Buffer.concat([Buffer.from(text), Buffer.of(0xff, 0xc0)])),
  'signed as it was misread': (text) => {
    const body = Buffer.from(beside(text, '"\x7f"'))
    body[body.indexOf(0x7f)] = 0xff
    return bytes(text, body.toString('utf8'), body)
  },
  utf16: (text) => bytes(text, Buffer.from(text, 'utf16le').toString('utf8'), Buffer.from(text, 'utf16le')),
  empty: () => odd(''),
  'with a raw NUL': (text) => odd(text.replace('{', '{\u0000')),
  'with a raw NUL in a string': (text) => odd(beside(text, '"\u0000"')),
  null: () => odd('null'),
  'a number': () => odd('1e999'),
  'an array': (text) => odd(`[${text}]`),
  'a string': (text) => odd(JSON.stringify(text)),
  'no JSON': () => odd('id=evt_1&type=invoice.paid'),
} as const satisfies Record<string, (text: string) => Wire>

export type WireName = keyof typeof WIRES
export const WIRE_NAMES = Object.keys(WIRES) as WireName[]

export interface Answer {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

/** Posts it. `null`: the connection ended without an answer. */
export function post(
  url: string,
  wire: Wire,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const length = wire.chunked ? {} : { 'content-length': String(wire.bytes.length) }
    const sending = request(url, { method: 'POST', agent, headers: { ...wire.headers, ...length, ...headers } })
    sending.on('error', () => resolve(null))
    sending.on('response', (response) => void read(response).then(resolve, () => resolve(null)))
    if (!wire.cut) return void sending.end(wire.bytes)
    sending.write(wire.bytes.subarray(0, wire.bytes.length / 2), () => setImmediate(() => sending.destroy()))
  })
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const { statusCode: status = 0, headers } = response
  return { status, body: Buffer.concat(chunks).toString('utf8'), retryAfter: headers['retry-after'] }
}

/** Lets go of the connections. */
export const hangUp = () => agent.destroy()

interface Expected {
  readonly isSound: boolean
  readonly isProven: boolean
  /** Without an answer: it was cut off by us, or went on where nobody listened any more. */
  readonly mayEnd: boolean
}

/** A clear no, or kept; never a fault of ours. */
export function checkAnswer(answer: Answer | null, { isSound, isProven, mayEnd }: Expected): void {
  insist(answer !== null || mayEnd, 'the connection ended without an answer')
  if (!answer) return
  const { status, body } = answer
  insist(status < 500, `answered ${status}: ${body}`)
  insist(status === 200 || (status >= 400 && body !== ''), `answered ${status} without a word`)
  insist(status !== 200 || isProven, 'took what nobody had signed')
  insist(status === 200 || !isSound, `refused a sound event with ${status}: ${body}`)
}

/** In the place of a token, in an address. */
export const ODD_TOKENS = [
  'x',
  '%00',
  '%E0%A4%A',
  '%',
  '..',
  '%2e%2e',
  'a%2Fb',
  '__proto__',
  'x'.repeat(3_000),
  '%F0%9F%92%A9',
]
