import { expect, it } from '@jest/globals'
import { BEFORE_ALLOWING, presentSuppressions } from '../../../src/web/presenters/suppressions.js'
import { aView, minutesAgo } from './factories.js'

const present = (reason: 'bounced' | 'complained' | 'suppressed', address: string | null = 'ada@customer.example') =>
  presentSuppressions(
    { suppressions: [{ id: 's1', address, reason, since: minutesAgo(90) }], next: null, total: 1 },
    aView(),
  ).suppressions[0]

it.each([
  ['bounced', /bounced/],
  ['complained', /spam/],
  ['suppressed', /mail provider/],
] as const)('says why nobody writes to an address, and since when: %s', (reason, why) => {
  expect(present(reason)).toMatchObject({
    address: 'ada@customer.example',
    why: expect.stringMatching(why),
    age: '1h 30m',
  })
})

it('names no address of a customer who was forgotten', () => {
  expect(present('bounced', null)?.address).toBe('A customer who was forgotten')
})

it('says that the mail provider keeps a list of its own', () => {
  expect(BEFORE_ALLOWING).toMatch(/provider keeps a list of its own/)
})
