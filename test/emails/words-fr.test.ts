import { describe, expect, it } from '@jest/globals'
import type { MailInvoice, MailTemplate, MailVariant } from '../../emails/customer-mail.js'
import { saysItsRhythm } from '../../emails/words/languages.js'
import { anInvoice, aPlan, everyWord, mail, UNPAID, unwrapped, VARIANTS } from './samples.js'

const inFrench = (over: Partial<MailInvoice>, others = 0, workspaceName = 'Fernhill') =>
  mail({
    language: 'fr-CA',
    workspaceName,
    invoices: [
      anInvoice(over),
      ...Array.from({ length: others }, (_, index) => anInvoice({ ...over, plan: null }, `other-${index}`)),
    ],
  })

const textOf = async (over: Partial<MailInvoice>) => unwrapped((await inFrench(over)).text)

const EVERY_KIND = ([...UNPAID, 'thank_you'] as MailTemplate[]).flatMap((template) =>
  VARIANTS.map((variant): [MailTemplate, MailVariant] => [template, variant]),
)

describe('the French words', () => {
  it.each(EVERY_KIND)(
    'say vous, and nothing that only France or only Quebec says (%s, %s)',
    async (template, variant) => {
      for (const others of [0, 1]) {
        const words = everyWord(await inFrench({ template, variant }, others))
        expect(words).not.toMatch(/(?<!\p{L})(tu|toi|te|ton|ta|tes)(?!\p{L})/iu)
        expect(words).not.toMatch(/courriel|mail(?!\p{L})/iu)
      }
    },
  )

  it.each(EVERY_KIND)('never break the line before a mark or within guillemets (%s, %s)', async (template, variant) => {
    const nextAttempt = 'mardi 24 novembre'
    for (const others of [0, 1]) {
      const { subject, text } = await inFrench({ template, variant, nextAttempt }, others)
      expect(
        `${subject}\n${text}`.match(/(?<![\u00a0\u202f])[?!;»]|(?<![\u00a0\u202f]|https?):|«(?!\u00a0)/g),
      ).toBeNull()
    }
  })

  it.each(EVERY_KIND)('put no name where it would be elided or contracted (%s, %s)', async (template, variant) => {
    for (const others of [0, 1]) {
      const words = everyWord(await inFrench({ template, variant, plan: aPlan('Atelier') }, others, 'Olivier'))
      expect(words).not.toMatch(/(?<!\p{L})(de|à|le|la|que|du|au) «?\s?(Olivier|Atelier)/iu)
    }
  })

  it('call the first of a month by its ordinal', async () => {
    const words = await textOf({ variant: 'funds', nextAttempt: 'mardi 1 décembre', date: '1 décembre 2026' })

    expect(words).toContain('Nous réessaierons le mardi 1er décembre avec votre carte Visa')
    expect(words).toContain('du 1er décembre 2026.')
    expect(await textOf({ date: '21 décembre 2026' })).toContain('du 21 décembre 2026.')
  })

  it.each([
    ['Pro', 'pour votre abonnement « Pro » n'],
    ['Abonnement Pro', 'pour « Abonnement Pro » n'],
  ])('say "abonnement" once about "%s"', async (label, words) => {
    expect(await textOf({ plan: aPlan(label) })).toContain(words)
  })

  it.each([
    [1, "C'est notre dernier message au sujet de ce paiement.", 'plus rien'],
    [2, "C'est notre dernier message au sujet de ces paiements.", 'un autre paiement'],
    [3, "C'est notre dernier message au sujet de ces paiements.", '2 autres paiements'],
  ])('count %i', async (count, last, others) => {
    const { html, text } = await inFrench({ template: 'final_notice' }, count - 1)

    expect(unwrapped(text)).toContain(last)
    if (count > 1) expect(html).toContain(`, plus ${others}.`)
  })

  it.each([
    ['year', 1, "Pro (à l'année)"],
    ['month', 3, 'Pro (tous les 3 mois)'],
    ['week', 2, 'Pro (toutes les 2 semaines)'],
  ] as const)('know the rhythm of each %s × %i', async (interval, intervalCount, words) => {
    expect(await textOf({ plan: { label: 'Pro', interval, intervalCount } })).toContain(words)
  })

  it.each([
    'Pro annuel',
    'Formule mensuelle',
    'Pro 9,99 €/mois',
    'Licence par an',
    'Box trimestrielle',
    'Studio 12 mois',
    'Panier toutes les 2 semaines',
  ])('see the rhythm in "%s"', (label) => {
    expect(saysItsRhythm(label)).toBe(true)
  })

  it.each(['Le Quotidien', 'Vin du mois', 'Bébé 6 mois', 'Offre fin d’année', 'Les Annales', 'Semaine bleue'])(
    'see none in "%s"',
    (label) => {
      expect(saysItsRhythm(label)).toBe(false)
    },
  )
})
