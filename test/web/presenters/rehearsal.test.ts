import { describe, expect, it } from '@jest/globals'
import { languageInWords, mailsInWords, plannedInWords } from '../../../src/web/presenters/rehearsal.js'

describe('a rehearsal in words', () => {
  it('counts what it looked at, and says when there is more', () => {
    expect(mailsInWords({ mailCount: 0, isCutOff: false })).toBe('no mail')
    expect(mailsInWords({ mailCount: 1, isCutOff: false })).toBe('1 mail')
    expect(mailsInWords({ mailCount: 1_204, isCutOff: false })).toBe('1,204 mails')
    expect(mailsInWords({ mailCount: 480, isCutOff: true })).toBe('at least 480 mails')
  })

  it('promises no more mails than there may be: planned ones may join', () => {
    expect([0, 1, 4].map(plannedInWords)).toEqual(['No mail', '1 mail', 'Up to 4 mails'])
  })

  it('names the language with its region', () => {
    expect(['en', 'de-CH', 'pt-BR'].map(languageInWords)).toEqual([
      'English',
      'German (Switzerland)',
      'Portuguese (Brazil)',
    ])
  })
})
