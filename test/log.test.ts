import { describe, expect, it } from '@jest/globals'
import { createLog } from '../src/log.js'

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('trace', { write: (line) => void lines.push(line) }))
  return lines.join('\n')
}

describe('the log', () => {
  it.each([
    ['a restricted key', 'rk_live_51AbCdEfGhIj'],
    ['a secret key', 'sk_test_51AbCdEfGhIj'],
    ['a signing secret', 'whsec_AbCdEf0123456789'],
    ['a mail key', 're_AbCdEf_0123456789'],
    ['an address', 'ada.lovelace+x@mail.example.com'],
    ['a recovery link', 'https://app.example.com/r/9fK2pXw7AbCdEfGhIjKlMnOp'],
    ['a webhook path', '/webhooks/stripe/9fK2pXw7AbCdEfGhIjKlMnOp'],
    ['a webhook path of an own sender', '/webhooks/resend/9fK2pXw7AbCdEfGhIjKlMnOp'],
    ['a sign-in token', '/sign-in/verify?token=9fK2pXw7AbCdEfGhIjKlMnOp'],
    ['a database password', 'postgres://user:hunter2secret@db.internal/x'],
  ])('never shows %s, wherever it stands', (_, secret) => {
    const line = logged((log) => {
      log.info({ note: secret, nested: { deep: [secret] } }, `said ${secret}`)
      log.error({ err: new Error(`failed with ${secret}`) }, 'failed')
    })
    const hidden = /(9fK2pXw7\w+|hunter2secret|ada\.lovelace|51AbCdEfGhIj|AbCdEf0123456789|AbCdEf_0123456789)/
    expect(line).not.toMatch(hidden)
  })

  it('keeps of an error what helps, and nothing of the rows it speaks of', () => {
    const error = Object.assign(new Error('duplicate key value violates unique constraint'), {
      code: '23505',
      detail: 'Key (name)=(Cloudsmith) already exists.',
    })
    const line = logged((log) => log.warn({ err: error }, 'not stored'))

    expect(line).toContain('23505')
    expect(line).toContain('duplicate key')
    expect(line).not.toContain('Cloudsmith')
  })

  it('leaves ids readable', () => {
    expect(logged((log) => log.info({ eventId: 'evt_1PgafmB7WZ01zgkW', invoiceId: 'in_1Pgc6tB7' }, 'seen'))).toContain(
      'evt_1PgafmB7WZ01zgkW',
    )
  })
})
