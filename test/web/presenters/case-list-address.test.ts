import { describe, expect, it } from '@jest/globals'
import { caseListHref, inView, readCaseAddress } from '../../../src/web/presenters/case-list-address.js'

const ID = '0b6e7f0a-7a8c-4d2c-9a54-1f7f3a0a1b2c'

describe('the address of a list of cases', () => {
  it.each([
    '/app/cases',
    '/app/cases?view=human',
    '/app/cases?view=open&q=ada+%26+co%25&currency=eur&order=largest',
    `/app/cases?order=oldest&after=${ID}`,
    `/app/cases?before=${ID}`,
  ])('says all that %s says', (address) => {
    const query = Object.fromEntries(new URL(address, 'http://localhost').searchParams)
    expect(caseListHref(readCaseAddress(query))).toBe(address)
  })

  it('takes what it can’t mean for the plain list', () => {
    const odd = { view: 'toString', q: ['a', 'b'], currency: 'USD; --', order: 1, after: 'x', before: [ID] }
    expect(caseListHref(readCaseAddress(odd))).toBe('/app/cases')
  })

  it('leads to the first page of another view, and keeps what was chosen', () => {
    const here = readCaseAddress({ q: 'ada', currency: 'usd', after: ID })
    expect(caseListHref(inView(here, 'lost'))).toBe('/app/cases?view=lost&q=ada&currency=usd')
  })
})
