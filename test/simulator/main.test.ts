import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Resend } from 'resend'
import Stripe from 'stripe'

let child: ChildProcess | undefined

afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

function start(stderr: 'inherit' | 'pipe'): ChildProcess {
  return spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url)), '--seed=alone'],
    // Jest's own flags are not for the child.
    { stdio: ['ignore', 'pipe', stderr], env: { ...process.env, NODE_OPTIONS: '' } },
  )
}

async function firstLine(stream: Readable): Promise<string> {
  const [line] = (await once(createInterface({ input: stream }), 'line')) as [string]
  return line
}

describe('the simulators as a process of their own', () => {
  it('say where they are and obey over HTTP', async () => {
    child = start('inherit')
    const { mail, stripe } = JSON.parse(await firstLine(child.stdout!))

    const made = await fetch(`${stripe.url}/_control/fail-renewal`, {
      method: 'POST',
      body: JSON.stringify({ count: 3, declineCode: 'expired_card' }),
    })
    const { hostname: host, port } = new URL(stripe.url)
    const invoices = await new Stripe(stripe.key, { host, port: Number(port), protocol: 'http' }).invoices.list()
    const resend = new Resend(mail.key, { baseUrl: mail.url })
    await resend.emails.send({ from: 'a@b.example', to: 'c@d.example', subject: 'Hi', text: 'Hi' })
    const mails = await fetch(`${mail.url}/_control/mails`).then((answer) => answer.json())

    expect(await made.json()).toHaveLength(3)
    expect(invoices.data).toHaveLength(3)
    expect(mails).toHaveLength(1)
  })

  it('say at once what they are asked for and do not simulate, and end with a failure', async () => {
    child = start('pipe')
    const { mail, stripe } = JSON.parse(await firstLine(child.stdout!))
    const told = createInterface({ input: child.stderr! })[Symbol.asyncIterator]()

    await fetch(`${stripe.url}/v1/topups`, { headers: { authorization: `Bearer ${stripe.key}` } })
    const first = await told.next()
    await fetch(`${mail.url}/broadcasts`, { headers: { authorization: `Bearer ${mail.key}` } })
    const second = await told.next()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')

    expect(first.value).toBe('Asked for and not simulated: GET /v1/topups')
    expect(second.value).toBe('Asked for and not simulated: GET /broadcasts')
    expect(code).toBe(1)
  })
})
