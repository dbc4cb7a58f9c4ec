import { type MailInvoice, renderCustomerMail } from '../../emails/customer-mail.js'

/** Renders first notices, warm, in a process of its own: answers one order with the CPU time of each round. */

export interface RenderOrder {
  readonly invoices: number
  readonly mails: number
  readonly rounds: number
}

/** CPU milliseconds for each mail, by round. */
export type RenderResult = readonly number[]

process.on('message', async (order: RenderOrder) => {
  process.send?.(await measure(order))
  process.disconnect()
})

async function measure({ invoices, mails, rounds }: RenderOrder): Promise<RenderResult> {
  await renderAll(invoices, mails) // warm-up
  const measured: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage()
    await renderAll(invoices, mails)
    const { user, system } = process.cpuUsage(before)
    measured.push((user + system) / 1_000 / mails)
  }
  return measured
}

async function renderAll(invoices: number, mails: number): Promise<void> {
  for (let mail = 0; mail < mails; mail += 1) {
    const [first, ...others] = Array.from({ length: invoices }, (_, n) => anInvoice(`${mail}-${n}`))
    await renderCustomerMail({
      language: 'en',
      workspaceName: 'Fernhill',
      senderName: 'Maya',
      customerName: null,
      invoices: [first!, ...others],
    })
  }
}

const anInvoice = (token: string): MailInvoice => ({
  template: 'first_notice',
  variant: 'card',
  plan: { label: 'Pro', interval: 'year', intervalCount: 1 },
  amount: '$1,490.00',
  number: `F4C1-${token}`,
  date: '22 November 2026',
  card: { brand: 'Visa', last4: '4242' },
  cardExpired: true,
  nextAttempt: null,
  link: `https://app.example/r/${token}`,
  stopLink: `https://app.example/r/${token}/stop`,
})
