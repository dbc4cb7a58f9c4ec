import { describe, expect, it } from '@jest/globals'
import type { MailTemplate } from '../../emails/customer-mail.js'
import { saysItsRhythm } from '../../emails/words/languages.js'
import { portuguese } from '../../emails/words/pt.js'
import { anInvoice, everyWord, mail, UNPAID, unwrapped, VARIANTS } from './samples.js'

const TEMPLATES: readonly MailTemplate[] = [...UNPAID, 'thank_you']
const NEXT = 'sábado, 28 de novembro'

const aboutOne = (over: Parameters<typeof anInvoice>[0]) => mail({ language: 'pt-PT', invoices: [anInvoice(over)] })
const aboutTwo = (over: Parameters<typeof anInvoice>[0]) =>
  mail({ language: 'pt-PT', invoices: [anInvoice(over), anInvoice(over, 'second')] })

describe('the Portuguese mails', () => {
  it.each(TEMPLATES)('say nothing that is said in Brazil only or in Portugal only (%s)', async (template) => {
    for (const variant of VARIANTS) {
      for (const nextAttempt of [NEXT, null]) {
        const invoice = { template, variant, nextAttempt }
        const words = [await aboutOne(invoice), await aboutTwo(invoice)].map(everyWord).join('\n')

        expect(words).not.toMatch(/(?<!\p{L})(você|tu|te|teus?|tuas?|contigo|vós)(?!\p{L})/iu)
        expect(words).not.toMatch(/\p{L}[aei]ndo(?!\p{L})|est(á|ão|amos) a \p{L}+r(?!\p{L})/iu)
        expect(words).not.toMatch(/\p{L}-(se|lhe|lhes|l[oa]s?|n?[oa]s?)(?!\p{L})/iu)
        expect(words).not.toMatch(/registr?[ao]|assinatura|subscri|contac?to|cadastr|caduc|boleto|equip[ae]/iu)
      }
    }
  })

  it('speak of one renewal or of several', async () => {
    const one = unwrapped((await aboutOne({ template: 'final_notice' })).text)
    const two = unwrapped((await aboutTwo({ template: 'final_notice' })).text)

    expect(one).toContain('Este é o último e-mail que enviamos sobre esta renovação.')
    expect(two).toContain('Estas 2 renovações continuam em aberto.')
    expect(two).toContain('Este é o último e-mail que enviamos sobre estas renovações.')
  })

  it('name the day of the next try without an article, be it "o sábado" or "a terça-feira"', async () => {
    const { text } = await aboutOne({ variant: 'funds', nextAttempt: NEXT })

    expect(unwrapped(text)).toContain(
      'A próxima tentativa com o seu cartão Visa terminado em 4242 está marcada para sábado, 28 de novembro.',
    )
  })

  it.each([
    ['day', 1, 'Pro (a cada dia)'],
    ['week', 2, 'Pro (a cada 2 semanas)'],
    ['month', 2, 'Pro (a cada 2 meses)'],
    ['month', 3, 'Pro (trimestral)'],
    ['month', 6, 'Pro (semestral)'],
    ['year', 1, 'Pro (anual)'],
    ['year', 2, 'Pro (a cada 2 anos)'],
  ] as const)('put the rhythm by the %s, %i, behind the name', (interval, count, plan) => {
    expect(portuguese.plan('Pro', interval, count)).toBe(plan)
  })

  it.each([
    'Assinatura Mensal',
    'Pro R$ 9,90/mês',
    'Plano por ano',
    'Clube 12 meses',
    'Quotas anuais',
    'A cada semana',
  ])('see that "%s" says its rhythm', (label) => {
    expect(saysItsRhythm(label)).toBe(true)
  })

  it.each(['Diário de Notícias', 'Edição fim de semana', 'Livro do mês', 'Explicações 6.º ano', 'Inglês 6 a 8 anos'])(
    'see that "%s" does not',
    (label) => {
      expect(saysItsRhythm(label)).toBe(false)
    },
  )
})
