import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
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

describe('the simulators as a process of their own', () => {
  it('say where they are and obey over HTTP', async () => {
    child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url)), '--seed=alone'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        // Jest's own flags are not for the child.
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    )
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
    const { mail, stripe } = JSON.parse(line)

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
})
