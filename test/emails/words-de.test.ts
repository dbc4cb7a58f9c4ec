import { describe, expect, it } from '@jest/globals'
import type { MailInvoice, MailTemplate, MailVariant } from '../../emails/customer-mail.js'
import { saysItsRhythm } from '../../emails/words/languages.js'
import { anInvoice, aPlan, everyWord, mail, UNPAID, unwrapped, VARIANTS } from './samples.js'

const inGerman = (over: Partial<MailInvoice>, others = 0) =>
  mail({
    language: 'de-CH',
    invoices: [
      anInvoice(over),
      ...Array.from({ length: others }, (_, index) => anInvoice({ ...over, plan: null }, `other-${index}`)),
    ],
  })

const textOf = async (over: Partial<MailInvoice>) => unwrapped((await inGerman(over)).text)

const EVERY_KIND = ([...UNPAID, 'thank_you'] as MailTemplate[]).flatMap((template) =>
  VARIANTS.map((variant): [MailTemplate, MailVariant] => [template, variant]),
)

describe('the German words', () => {
  it.each(EVERY_KIND)('say Sie (%s, %s)', async (template, variant) => {
    for (const others of [0, 1]) {
      const words = everyWord(await inGerman({ template, variant, nextAttempt: 'Dienstag, 24. November' }, others))
      expect(words).not.toMatch(/(?<!\p{L})(du|dir|dich|deine?[mnrs]?|euch|euer|eure[mnrs]?)(?!\p{L})/iu)
      expect(words).not.toMatch(/(?<!\p{L})ihr(e|em|en|er)?(?= (Karte|Bank|Zahlung|Abo|Visa))/u)
    }
  })

  it.each(EVERY_KIND)(
    'go on in lower case after "Guten Tag," unless the word is a capital one (%s, %s)',
    async (...kind) => {
      const [template, variant] = kind
      for (const others of [0, 1, 2]) {
        const { text } = await inGerman({ template, variant }, others)
        expect(text).toMatch(/^Guten Tag,\n\n(die Zahlung|diese |Ihre Bank)/)
      }
    },
  )

  it('make no compound with a name, whatever the brand', async () => {
    expect(await textOf({ card: { brand: 'American Express', last4: '0005' } })).toContain(
      'Ihre American-Express-Karte mit den Endziffern 0005 ist abgelaufen.',
    )
    expect(await textOf({ card: { brand: null, last4: '0005' } })).toContain('Ihre Karte mit den Endziffern 0005')
  })

  it.each([
    ['Pro', 'für Ihr Abo „Pro“ hat'],
    ['Labor', 'für Ihr Abo „Labor“ hat'],
    ['Jahresabo Pro', 'für „Jahresabo Pro“ hat'],
    ['Pro-Abo', 'für „Pro-Abo“ hat'],
  ])('say "Abo" once about "%s"', async (label, words) => {
    expect(await textOf({ plan: aPlan(label) })).toContain(words)
  })

  it.each([
    [1, 'Dies ist unsere letzte E-Mail zu dieser Zahlung.', 'die Zahlung über'],
    [2, 'Dies ist unsere letzte E-Mail zu diesen Zahlungen.', 'diese beiden Zahlungen sind noch offen.'],
    [3, 'Dies ist unsere letzte E-Mail zu diesen Zahlungen.', 'diese 3 Zahlungen sind noch offen.'],
  ])('count %i', async (count, last, opening) => {
    const { text } = await inGerman({ template: 'final_notice' }, count - 1)

    expect(unwrapped(text)).toContain(last)
    expect(unwrapped(text)).toContain(opening)
  })

  it.each([
    ['month', 3, 'Pro (vierteljährlich)'],
    ['month', 6, 'Pro (halbjährlich)'],
    ['week', 2, 'Pro (alle 2 Wochen)'],
  ] as const)('know the rhythm of each %s × %i', async (interval, intervalCount, words) => {
    expect(await textOf({ plan: { label: 'Pro', interval, intervalCount } })).toContain(words)
  })

  it.each([
    'Pro jährlich',
    'Monatliche Mitgliedschaft',
    'Jahresabo',
    'Monatskarte Studio',
    'Pro 9 EUR/Monat',
    'Lizenz pro Jahr',
    'Studio 12 Monate',
  ])('see the rhythm in "%s"', (label) => {
    expect(saysItsRhythm(label)).toBe(true)
  })

  it.each(['Wein des Jahres', 'Tageszeitung', 'Wochenende', 'Kinder 6 bis 8 Jahre', 'Monatshefte', 'Alltag'])(
    'see none in "%s"',
    (label) => {
      expect(saysItsRhythm(label)).toBe(false)
    },
  )
})
