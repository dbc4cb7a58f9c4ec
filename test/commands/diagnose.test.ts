import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { formatMoney } from '../../src/domain/money.js'
import type { StripeSimulator } from '../simulator/index.js'
import { accountWithHistory, truthOfWindow } from '../support/diagnosed-account.js'

let stripe: StripeSimulator
let folder: string

beforeAll(async () => {
  stripe = await accountWithHistory('terminal', { customers: 150, failures: 0.3 })
  folder = await mkdtemp(join(tmpdir(), 'secondloop-diagnose-'))
})
afterAll(async () => {
  await stripe.stop()
  await rm(folder, { recursive: true })
})

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

function diagnose(environment: Record<string, string>): Promise<Ended> {
  const { PATH = '' } = process.env
  const env = { PATH, TZ: 'UTC', STRIPE_API_BASE: stripe.url, CSV_FILE: join(folder, 'rows.csv'), ...environment }
  return new Promise((resolve) => {
    execFile('node', ['--import', 'tsx', 'src/commands/diagnose.ts'], { env }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

describe('npm run diagnose', () => {
  it('prints the truth of an account, and writes each failed invoice to a file', async () => {
    const key = stripe.addKey(['rak_invoice_read', 'rak_charge_read', 'rak_subscription_read'])
    const { status, stdout, stderr } = await diagnose({ STRIPE_KEY: key })

    expect(status).toBe(0)
    const truth = truthOfWindow(stripe)
    const currencies = [...new Set(truth.map(({ currency }) => currency))]
    expect(currencies.length).toBeGreaterThan(3)
    for (const currency of currencies) {
      const rows = truth.filter((row) => row.currency === currency)
      const money = (of: 'lost' | 'exposed') =>
        formatMoney({ currency, amount: rows.reduce((total, row) => total + row[of], 0) }, 'en-US')
      expect(stdout).toContain(`${currency.toUpperCase()}   ${money('lost')} lost from ${money('exposed')} at risk`)
      expect(stdout).toContain(`${rows.length} failed renewal${rows.length === 1 ? '' : 's'} of `)
    }
    expect(stdout).toContain('Credit notes could not be read. The key lacks rak_credit_note_read.')
    expect(stderr).toContain('100%')
    expect(stdout + stderr).not.toContain(key)

    const lines = (await readFile(join(folder, 'rows.csv'), 'utf8')).trim().split('\n').slice(1)
    const renewals = lines.filter((line) => truth.some(({ invoice }) => line.includes(invoice)))
    expect(renewals).toHaveLength(truth.length)
  })

  it.each([
    ['no key', {}, 'STRIPE_KEY is required'],
    ['an unrestricted key', { STRIPE_KEY: 'sk_live_abcdef' }, 'This is an unrestricted key'],
    ['a key that Stripe does not know', { STRIPE_KEY: 'rk_test_unknown' }, 'Stripe does not know this key'],
  ])('says what to do about %s', async (_, environment, words) => {
    const { status, stdout, stderr } = await diagnose(environment as Record<string, string>)

    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(words)
    expect(stderr).not.toContain('sk_live_abcdef')
  })
})
