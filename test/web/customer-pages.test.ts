import { describe, expect, it } from '@jest/globals'
import { LANGUAGES } from '../../emails/words/languages.js'
import { PAGE_LANGUAGES } from '../../src/web/words/languages.js'
import { NEVER_SAID } from '../emails/never-said.js'
import { customerPages, REPLY_TO, seen } from './customer-pages.js'

const TAGS = LANGUAGES.map(({ language }) => language)
const EVERY_PAGE = TAGS.flatMap((language) =>
  Object.entries(customerPages(language)).map(([page, html]) => ({ language, page, html })),
)
type Page = keyof ReturnType<typeof customerPages>

/** What stands in a page of its own: no names, no addresses. */
const wordsOf = (html: string) => seen(html).replaceAll('Fernhill', '').replaceAll(REPLY_TO, '').trim()
/** One entry for each heading, paragraph and button. */
const partsOf = (html: string) =>
  [...html.matchAll(/<(h1|p|a|button)\b[^>]*>(.*?)<\/\1>/g)].map(([, , part]) => wordsOf(part ?? '')).filter(Boolean)
const titleOf = (html: string) => wordsOf(/<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? '')

/** Du, tu, tú, você and their kin, and words that only one country of a language uses: as in the mails. */
const NOT_OUR_TONE: Readonly<Record<string, RegExp>> = {
  en: /\b(customer|user|account)\b/i,
  de: /(?<!\p{L})(du|dir|dich|deine?[mnrs]?|euch|euer|eure[mnrs]?)(?!\p{L})|(?<!\p{L})ihr(e|em|en|er)?(?= (Karte|Abos?|offenen)(?!\p{L}))/u,
  fr: /(?<!\p{L})(tu|toi|te|ton|ta|tes)(?!\p{L})|courriel|mail(?!\p{L})|(?<!\p{L})(de|à|le|la|que|du|au) Fernhill/iu,
  es: /(?<!\p{L})(tú|tus?|te|ti|contigo|vos|os|tienes|tenés|puedes|podés|vuestr\p{L}+|nosotr[oa]s)(?!\p{L})|(?<!\p{L})(ha|han|he|hemos) \p{L}+[ai]d[oa]s?(?!\p{L})|caduc|e-?mail/iu,
  pt: /(?<!\p{L})(você|tu|te|teus?|tuas?|contigo|vós|obrigad[oa]|salv[oa]|guardad[oa]|aceit[oe])(?!\p{L})|\p{L}[aei]ndo(?!\p{L})|est(á|ão|amos) a \p{L}+r(?!\p{L})|\p{L}-(se|lhe|lhes|l[oa]s?|n?[oa]s?)(?!\p{L})|registr?[ao]|assinatura|subscri|contac?to/iu,
}

describe('the customer’s pages', () => {
  it('speak every language that the mails speak, and no other', () => {
    expect(PAGE_LANGUAGES.map(({ language }) => language)).toEqual(TAGS)
  })

  it.each(TAGS)('say something of its own on each page (%s)', (language) => {
    const pages = Object.values(customerPages(language)).map(wordsOf)
    expect(new Set(pages).size).toBe(pages.length)
  })

  it.each(TAGS)('tell one invoice from all of them (%s)', (language) => {
    const pages = customerPages(language)
    expect(titleOf(pages['the stop page'])).not.toBe(titleOf(pages['the stop page for all']))
    expect(titleOf(pages['the stopped page'])).toBe(titleOf(pages['the stopped page for all']))
  })

  it.each(TAGS)('ask with the words of the mail’s own link (%s)', (language) => {
    const { stopReminders } = LANGUAGES.find((words) => words.language === language)!
    const asked = titleOf(customerPages(language)['the stop page']).replace(/^¿|[\s\u202f]?\?$/g, '')
    expect(asked).toBe(stopReminders)
  })

  it.each(TAGS)('name the address in a link, in whole words (%s)', (language) => {
    const html = customerPages(language)['the link while Stripe is out of reach']
    expect(html).toMatch(/<a href="mailto:maya@fernhill\.example">\p{L}[^<]* maya@fernhill\.example<\/a>/u)
  })
})

describe.each(EVERY_PAGE)('$page, in $language', ({ language, page, html }) => {
  it('says in which language it is', () => {
    expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${language}">`))
    expect(html.match(/<h1/g)).toHaveLength(1)
  })

  it('is whole, with no gap and no leftover', () => {
    const words = seen(html)
    expect(words).not.toMatch(/undefined|null|NaN|\[object|\$\{|\{\{|=>|TODO/)
    expect(words).not.toMatch(/ [,.]|,,|\.\.|’’|'/)
    for (const [, paragraph] of html.replace(/<a.*?<\/a>/g, '').matchAll(/<p>(.+?)<\/p>/g)) {
      expect(wordsOf(paragraph ?? '')).toMatch(/^[¿\p{Lu}].*[.?]$/u)
    }
  })

  it('gives no reason, no amount and no date, and threatens nothing', () => {
    expect(wordsOf(html)).not.toMatch(NEVER_SAID[language]!)
    expect(wordsOf(html)).not.toMatch(/\d|[$€£]/)
    expect(html).not.toMatch(/second ?loop|stripe/i)
  })

  it('keeps to the tone of the mails', () => {
    expect(seen(html)).not.toMatch(NOT_OUR_TONE[language]!)
  })

  if (language === 'fr') {
    it('never breaks the line before a mark', () => {
      expect(html.replace(/<[^>]*>/g, '').match(/(?<![\u00a0\u202f])[?!;:]/g)).toBeNull()
    })
  }

  if (language !== 'en') {
    it('has left nothing in English', () => {
      const english = partsOf(customerPages('en')[page as Page])
      expect(partsOf(html)).toHaveLength(english.length)
      expect(partsOf(html).filter((part) => english.includes(part))).toEqual([])
      expect(wordsOf(html)).not.toMatch(
        /(?<!\p{L})(the|this|it|you|your|is|are|nothing|please|thank|card|payment|invoice|reminders?|open|write|mail(?<!-mail))(?!\p{L})/iu,
      )
    })
  }
})
