import { expect, it } from '@jest/globals'
import { ReportBuilder } from '../../../src/domain/diagnostic-report.js'
import { reportRemarks } from '../../../src/web/presenters/report-remarks.js'

const NOTHING = { clockAhead: 0, unreadable: 0, currencies: [] }

function currencies(...codes: string[]) {
  const builder = new ReportBuilder()
  for (const code of codes) builder.add(code, { kind: 'fine' }, { week: '', wasPrompted: false })
  return builder.report().currencies
}

it('says nothing where there is nothing to say', () => {
  expect(reportRemarks({ ...NOTHING, clockAhead: 59, currencies: currencies('usd', 'jpy', 'kwd') })).toEqual([])
})

it.each([
  [{ ...NOTHING, clockAhead: 2_400 }, 'Our clock was 40 minutes ahead of Stripe’s. The 90 days go by Stripe’s.'],
  [{ ...NOTHING, clockAhead: -61 }, 'Our clock was 1 minute behind Stripe’s. The 90 days go by Stripe’s.'],
  [{ ...NOTHING, unreadable: 1 }, '1 object that Stripe sent could not be understood: in no figure.'],
  [
    { ...NOTHING, currencies: currencies('usd', 'zzz') },
    'We do not know ZZZ: amounts in it are shown with two decimals, and are exact in Stripe’s smallest unit.',
  ],
])('says what one must know', (remarkable, words) => {
  expect(reportRemarks(remarkable)).toEqual([words])
})
