import { describe, expect, it } from '@jest/globals'
import { mailLanguage } from '../../emails/words/languages.js'

describe('the language of a mail', () => {
  it.each([
    [['en-GB'], 'en-GB'],
    [['EN-gb'], 'en-GB'],
    [['xx', 'en-AU', 'en-US'], 'en-AU'],
    [['ja-JP'], 'en'],
    [[], 'en'],
    [['', 'no language', 'en_GB'], 'en'],
  ])('for a customer who prefers %j is %s', (preferred, language) => {
    expect(mailLanguage(preferred)).toBe(language)
  })
})
