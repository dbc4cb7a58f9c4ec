import { once } from 'node:events'
import { Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createEmulator, type Emulator } from 'emulate'
import { freePort } from '../support/free-port.js'
import { type MailSimulator, startMail } from './mail/index.js'

/**
 * The same calls to the Resend of the package `emulate`, made by others. Where the two differ, one of them is wrong or
 * has not built it: each difference is listed with the reason, and a new one fails.
 */

interface Answer {
  readonly status: number
  readonly body: unknown
}

interface Api {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

let simulator: MailSimulator
let emulator: Emulator
let ours: Api
let theirs: Api

beforeAll(async () => {
  simulator = await startMail({ seed: 'second opinion' })
  const port = await freePort()
  emulator = await onLoopback(() => createEmulator({ service: 'resend', port }))
  ours = apiAt(simulator.url, simulator.addKey())
  theirs = apiAt(`http://127.0.0.1:${port}`, 're_any_key')
})
afterAll(async () => {
  await emulator.close()
  await simulator.stop()
})

/** emulate has no option for it: it would listen to everybody, and say so before it does. */
async function onLoopback<T>(start: () => Promise<T>): Promise<T> {
  const { listen } = Server.prototype
  const begun: Promise<unknown>[] = []
  Server.prototype.listen = function (this: Server, port: number) {
    begun.push(once(this, 'listening'))
    return Reflect.apply(listen, this, [port, '127.0.0.1'])
  } as typeof listen
  try {
    return await start()
  } finally {
    Server.prototype.listen = listen
    await Promise.all(begun)
  }
}

function apiAt(url: string, key: string): Api {
  return {
    async call(method, path, body, headers = {}) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
    },
  }
}

const mail = (more: object = {}) => ({
  from: 'Ada <ada@cloudsmith.example>',
  to: ['amara@northpeak.example'],
  subject: 'Your renewal',
  html: '<p>Hello</p>',
  text: 'Hello',
  tags: [{ name: 'mail', value: 'm_1' }],
  ...more,
})
const under = (key: string) => ({ 'idempotency-key': key })

/** Sends and gives the mail's id. */
async function sent(api: Api, more: object = {}): Promise<string> {
  return idIn(await api.call('POST', '/emails', mail(more)))
}

const idIn = ({ body }: Answer) => (body as { id: string }).id

/** By line of difference: why the two differ, and who is right by Resend's texts. */
type Differences = Readonly<Record<string, string>>

const NAMES_MISSING_FIELDS: Differences = {
  'name: "missing_required_field" here, "validation_error" there':
    'Ours: the reference has `missing_required_field` (422) for this.',
}

const CASES: readonly (readonly [string, (api: Api) => Promise<Answer>, Differences])[] = [
  ['a mail', (api) => api.call('POST', '/emails', mail()), {}],
  [
    'a repeat under the same key',
    async (api) => {
      await api.call('POST', '/emails', mail(), under('k-1'))
      return api.call('POST', '/emails', mail(), under('k-1'))
    },
    {},
  ],
  [
    'another body under the same key',
    async (api) => {
      await api.call('POST', '/emails', mail(), under('k-2'))
      return api.call('POST', '/emails', mail({ subject: 'Other' }), under('k-2'))
    },
    {},
  ],
  [
    'a batch under the key of a mail',
    async (api) => {
      await api.call('POST', '/emails', mail(), under('k-3'))
      return api.call('POST', '/emails/batch', [mail()], under('k-3'))
    },
    {},
  ],
  ['a key of 257 characters', (api) => api.call('POST', '/emails', mail(), under('k'.repeat(257))), {}],
  ['a strict batch of good mails', (api) => api.call('POST', '/emails/batch', [mail(), mail()]), {}],
  [
    'a repeated batch',
    async (api) => {
      await api.call('POST', '/emails/batch', [mail(), mail()], under('b-1'))
      return api.call('POST', '/emails/batch', [mail(), mail()], under('b-1'))
    },
    {},
  ],
  ['a batch that is none', (api) => api.call('POST', '/emails/batch', mail()), {}],
  [
    'a batch of 101',
    (api) =>
      api.call(
        'POST',
        '/emails/batch',
        Array.from({ length: 101 }, () => mail()),
      ),
    {},
  ],
  [
    'an empty batch',
    (api) => api.call('POST', '/emails/batch', []),
    {
      'HTTP 422 here, 200 there': 'Believed ours: a batch has at least one mail; the texts do not say.',
      'data: missing here, [] there': 'As above.',
      'message: string here, missing there': 'As above.',
      'name: "validation_error" here, missing there': 'As above.',
      'statusCode: number here, missing there': 'As above.',
    },
  ],
  [
    'a permissive batch with a bad mail',
    (api) => api.call('POST', '/emails/batch', [mail(), mail({ to: '' })], { 'x-batch-validation': 'permissive' }),
    {
      'HTTP 200 here, 422 there': 'Ours: the SDK sends the header and has `errors` by index; emulate ignores it.',
      'data: [{ id: string }] here, missing there': 'As above.',
      'errors: [{ index: number, message: string }] here, missing there': 'As above.',
      'message: missing here, string there': 'As above.',
      'name: missing here, "validation_error" there': 'As above.',
      'statusCode: missing here, number there': 'As above.',
    },
  ],
  ['a mail without a sender', (api) => api.call('POST', '/emails', mail({ from: '' })), NAMES_MISSING_FIELDS],
  ['a mail without a recipient', (api) => api.call('POST', '/emails', mail({ to: '' })), NAMES_MISSING_FIELDS],
  ['a mail without a subject', (api) => api.call('POST', '/emails', mail({ subject: '' })), NAMES_MISSING_FIELDS],
  ...(
    [
      ['a mail without a body', { html: '', text: '' }, 'missing_required_field', 'the API asks for `html` or `text`.'],
      ['a mail to no address', { to: ['nobody'] }, 'validation_error', 'the API wants `email@example.com`.'],
      [
        'a mail with a field unknown',
        { priority: 1 },
        'validation_error',
        'believed; a wrong field is a mistake of ours.',
      ],
      [
        'a tag with a space',
        { tags: [{ name: 'a b', value: 'c' }] },
        'validation_error',
        'the reference names the letters.',
      ],
      [
        'a mail to 51',
        { to: Array.from({ length: 51 }, (_, n) => `c${n}@a.example`) },
        'validation_error',
        'the reference says 50.',
      ],
    ] as const
  ).map(([what, more, name, why]): (typeof CASES)[number] => [
    what,
    (api) => api.call('POST', '/emails', mail(more)),
    {
      'HTTP 422 here, 200 there': `Ours: ${why} emulate looks at nothing of the kind.`,
      'id: missing here, string there': 'As above.',
      'message: string here, missing there': 'As above.',
      [`name: "${name}" here, missing there`]: 'As above.',
      'statusCode: number here, missing there': 'As above.',
    },
  ]),
  [
    'an API key that nobody knows',
    (api) => api.call('GET', '/domains', undefined, { authorization: 'Bearer re_unknown' }),
    {
      'HTTP 401 here, 200 there': 'Ours: Resend knows its keys; emulate takes any.',
      'data: missing here, [] there': 'As above.',
      'message: string here, missing there': 'As above.',
      'name: "validation_error" here, missing there': 'As above.',
      'object: missing here, "list" there': 'As above.',
      'statusCode: number here, missing there': 'As above.',
    },
  ],
  [
    'no API key',
    (api) => api.call('GET', '/domains', undefined, { authorization: '' }),
    {
      'HTTP 401 here, 200 there': 'Ours: `missing_api_key` in the reference; emulate asks for none.',
      'data: missing here, [] there': 'As above.',
      'message: string here, missing there': 'As above.',
      'name: "missing_api_key" here, missing there': 'As above.',
      'object: missing here, "list" there': 'As above.',
      'statusCode: number here, missing there': 'As above.',
    },
  ],
  [
    'a look at a mail',
    async (api) => api.call('GET', `/emails/${await sent(api)}`),
    {
      'headers: missing here, {} there': 'Ours: neither the reference nor the SDK’s type has it.',
      'message_id: string here, missing there': 'Ours: the SDK’s type has it.',
      'status: missing here, string there': 'Ours: neither the reference nor the SDK’s type has it.',
    },
  ],
  ['a look at a mail that never was', (api) => api.call('GET', '/emails/00000000-0000-4000-a000-000000000000'), {}],
  [
    'a look at what is no id',
    (api) => api.call('GET', '/emails/0'),
    {
      'HTTP 422 here, 404 there': 'Ours: Resend was seen to answer this to `GET /emails/0`.',
      'name: "validation_error" here, "not_found" there': 'As above.',
    },
  ],
  [
    'the list of mails',
    async (api) => {
      await sent(api, { cc: 'b@c.example', bcc: 'c@d.example', reply_to: 'd@e.example' })
      return api.call('GET', '/emails')
    },
    {
      'data.0.headers: missing here, {} there': 'Ours: not in the reference.',
      'data.0.html: missing here, string there': 'Ours: a list has no bodies by reference and type.',
      'data.0.message_id: string here, missing there': 'Ours: in the reference and the type.',
      'data.0.object: missing here, "email" there': 'Ours: not in the type of a list’s mail.',
      'data.0.status: missing here, string there': 'Ours: not in the reference.',
      'data.0.tags: missing here, [{ name: "mail", value: string }] there': 'Ours: not in the type of a list’s mail.',
      'data.0.text: missing here, string there': 'Ours: a list has no bodies.',
      'data.0.bcc: [string] here, [] there': 'Ours: newest first; emulate’s first is the oldest.',
      'data.0.cc: [string] here, [] there': 'As above.',
      'data.0.reply_to: [string] here, [] there': 'As above.',
      'has_more: boolean here, missing there': 'Ours: the reference pages lists.',
    },
  ],
  [
    'a canceled mail',
    async (api) =>
      api.call(
        'POST',
        `/emails/${await sent(api, { scheduled_at: new Date(Date.now() + 3_600_000).toISOString() })}/cancel`,
      ),
    { 'canceled: missing here, boolean there': 'Ours: neither the reference nor the SDK’s type has it.' },
  ],
  ['a cancellation of what is gone', async (api) => api.call('POST', `/emails/${await sent(api)}/cancel`), {}],
  [
    'a new domain',
    (api) => api.call('POST', '/domains', { name: 'fernhill.example' }),
    {
      'HTTP 201 here, 200 there': 'Ours: the OpenAPI document says 201, and so did Resend.',
      'capabilities: { receiving: string, sending: string } here, missing there': 'Ours: in the SDK’s type.',
      'click_tracking: boolean here, missing there': 'Ours: in the reference.',
      'object: missing here, "domain" there': 'Ours: the type of a new domain does not have it.',
      'open_tracking: boolean here, missing there': 'Ours: in the reference.',
      'records.0.name: "send" here, "fernhill.example" there': 'Ours: names are relative to the domain.',
    },
  ],
  [
    'a look at a domain',
    async (api) => api.call('GET', `/domains/${idIn(await api.call('POST', '/domains', { name: 'a.example' }))}`),
    {
      'capabilities: { receiving: string, sending: string } here, missing there': 'Ours: in the SDK’s type.',
      'click_tracking: boolean here, missing there': 'Ours: in the reference.',
      'open_tracking: boolean here, missing there': 'Ours: in the reference.',
      'records.0.name: "send" here, "a.example" there': 'Ours: names are relative to the domain.',
    },
  ],
  [
    'a domain to be verified',
    async (api) =>
      api.call('POST', `/domains/${idIn(await api.call('POST', '/domains', { name: 'b.example' }))}/verify`),
    { 'status: missing here, string there': 'Ours: neither the reference nor the SDK’s type has it.' },
  ],
]

describe('a second opinion on', () => {
  it.each(CASES)('%s', async (_what, call, listed) => {
    const [here, there] = [await call(ours), await call(theirs)]

    expect(differences(here, there)).toEqual(Object.keys(listed).sort())
  })
})

/** Lines such as `data.0.id: string here, missing there`. */
function differences(here: Answer, there: Answer): string[] {
  const lines = here.status === there.status ? [] : [`HTTP ${here.status} here, ${there.status} there`]
  return [...lines, ...compare('', here.body, there.body)].sort()
}

function compare(path: string, here: unknown, there: unknown): string[] {
  const lists = Array.isArray(here) && Array.isArray(there) && here.length > 0 && there.length > 0
  if (lists) return compare(join(path, '0'), here[0], there[0])
  if (isObject(here) && isObject(there)) {
    const keys = [...new Set([...Object.keys(here), ...Object.keys(there)])]
    return keys.flatMap((key) => compare(join(path, key), here[key], there[key]))
  }
  const [a, b] = [shapeOf(here, path), shapeOf(there, path)]
  return a === b ? [] : [`${path}: ${a} here, ${b} there`]
}

const join = (path: string, key: string) => (path === '' ? key : `${path}.${key}`)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The type of a value; of what names its kind, the value itself. */
function shapeOf(value: unknown, path: string): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0], `${path}.0`)}]`
  if (isObject(value)) {
    const parts = Object.keys(value).sort()
    return parts.length === 0
      ? '{}'
      : `{ ${parts.map((key) => `${key}: ${shapeOf(value[key], `${path}.${key}`)}`).join(', ')} }`
  }
  return /(^|\.)(name|object)$/.test(path) ? JSON.stringify(value) : typeof value
}
