import { describe, expect, it } from '@jest/globals'
import { saysItsRhythm } from '../../emails/words/languages.js'
import { anInvoice, everyWord, mail, UNPAID, unwrapped, VARIANTS } from './samples.js'

const inSpanish = (template: (typeof UNPAID)[number] | 'thank_you', variant: (typeof VARIANTS)[number], others = 0) =>
  mail({
    language: 'es-MX',
    invoices: [
      anInvoice({ template, variant }),
      ...Array.from({ length: others }, (_, index) => anInvoice({ template, variant }, `other-${index}`)),
    ],
  })

const EVERY_KIND = [...UNPAID, 'thank_you' as const].flatMap((template) =>
  VARIANTS.map((variant) => [template, variant]),
)

describe('the Spanish words', () => {
  it.each(EVERY_KIND as [(typeof UNPAID)[number], (typeof VARIANTS)[number]][])(
    'say usted and nothing that only Spain or only America says (%s, %s)',
    async (template, variant) => {
      for (const others of [0, 1]) {
        const words = everyWord(await inSpanish(template, variant, others))
        expect(words).not.toMatch(
          /(?<!\p{L})(tú|tus?|te|ti|vos|vosotros|vuestr\p{L}+|tienes|puedes|tenés|podés)(?!\p{L})/iu,
        )
        expect(words).not.toMatch(
          /(?<!\p{L})(ha|han|hemos) \p{L}+[ai]do(?!\p{L})|caduc|mail(?!\p{L})|ordenador|celular/iu,
        )
      }
    },
  )

  it.each([
    [1, 'Este es el último correo que le enviamos sobre esta renovación.', 'por su renovación en Fernhill'],
    [
      2,
      'Este es el último correo que le enviamos sobre estas renovaciones.',
      'Estas 2 renovaciones siguen pendientes.',
    ],
  ])('count %i', async (count, last) => {
    expect(unwrapped((await inSpanish('final_notice', 'card', count - 1)).text)).toContain(last)
  })

  it.each([
    'Pro anual',
    'Suscripción Mensual',
    'Pro 9,99 €/mes',
    'Plan por año',
    'Gimnasio 12 meses',
    'Caja trimestral',
    'Pase por día',
  ])('see the rhythm in "%s"', (label) => {
    expect(saysItsRhythm(label)).toBe(true)
  })

  it.each([
    'El Diario digital',
    'Edición fin de semana',
    'Vino del mes',
    'Inglés 6 a 8 años',
    'Manual de estilo',
    'Mes amis',
  ])('see none in "%s"', (label) => {
    expect(saysItsRhythm(label)).toBe(false)
  })
})
