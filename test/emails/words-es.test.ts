import { describe, expect, it } from '@jest/globals'
import type { MailTemplate } from '../../emails/customer-mail.js'
import { spanish } from '../../emails/words/es.js'
import { saysItsRhythm } from '../../emails/words/languages.js'
import { anInvoice, everyWord, mail, UNPAID, unwrapped, VARIANTS } from './samples.js'

const TEMPLATES: readonly MailTemplate[] = [...UNPAID, 'thank_you']
const NEXT = 'sábado, 28 de noviembre'

const aboutOne = (over: Parameters<typeof anInvoice>[0]) => mail({ language: 'es-MX', invoices: [anInvoice(over)] })
const aboutTwo = (over: Parameters<typeof anInvoice>[0]) =>
  mail({ language: 'es-MX', invoices: [anInvoice(over), anInvoice(over, 'second')] })

describe('the Spanish mails', () => {
  it.each(TEMPLATES)('say usted, and nothing that is said on one side of the ocean only (%s)', async (template) => {
    for (const variant of VARIANTS) {
      for (const nextAttempt of [NEXT, null]) {
        const invoice = { template, variant, nextAttempt }
        const words = [await aboutOne(invoice), await aboutTwo(invoice)].map(everyWord).join('\n')

        expect(words).not.toMatch(
          /(?<!\p{L})(tú|tus?|te|ti|contigo|vos|os|tienes|tenés|puedes|podés|vuestr\p{L}+)(?!\p{L})/iu,
        )
        expect(words).not.toMatch(/(?<!\p{L})(ha|han|he|hemos) \p{L}+[ai]d[oa]s?(?!\p{L})|caduc|e-?mail|chequ/iu)
      }
    }
  })

  it('speak of one renewal or of several', async () => {
    const one = unwrapped((await aboutOne({ template: 'final_notice' })).text)
    const two = unwrapped((await aboutTwo({ template: 'final_notice' })).text)

    expect(one).toContain('Este es el último correo que le enviamos sobre esta renovación.')
    expect(two).toContain('Estas 2 renovaciones siguen pendientes.')
    expect(two).toContain('Este es el último correo que le enviamos sobre estas renovaciones.')
  })

  it('name the day of the next try', async () => {
    const { text } = await aboutOne({ variant: 'funds', nextAttempt: NEXT })

    expect(unwrapped(text)).toContain(
      'El sábado, 28 de noviembre, volveremos a intentar el cobro con su tarjeta Visa terminada en 4242.',
    )
  })

  it.each([
    ['day', 1, 'Pro (cada día)'],
    ['week', 2, 'Pro (cada 2 semanas)'],
    ['month', 2, 'Pro (cada 2 meses)'],
    ['month', 3, 'Pro (trimestral)'],
    ['month', 6, 'Pro (semestral)'],
    ['year', 1, 'Pro (anual)'],
    ['year', 2, 'Pro (cada 2 años)'],
  ] as const)('put the rhythm by the %s, %i, behind the name', (interval, count, plan) => {
    expect(spanish.plan('Pro', interval, count)).toBe(plan)
  })

  it.each([
    'Suscripción Mensual',
    'Pro 9,99 €/mes',
    'Plan por año',
    'Club 12 meses',
    'Cuota trimestral',
    'Cada semana',
  ])('see that "%s" says its rhythm', (label) => {
    expect(saysItsRhythm(label)).toBe(true)
  })

  it.each(['El Diario digital', 'Edición fin de semana', 'Vino del mes', 'Inglés de 6 a 8 años', 'Manual de estilo'])(
    'see that "%s" does not',
    (label) => {
      expect(saysItsRhythm(label)).toBe(false)
    },
  )
})
