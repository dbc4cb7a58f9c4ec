import { describe, expect, it } from '@jest/globals'
import { type DigestCurrency, type DigestProps, renderDigest } from '../../emails/digest.js'
import { buttonsIn, linksIn, seen, unwrapped } from './samples.js'

const APP = 'https://app.secondloop.example'
const NOTHING: DigestCurrency = {
  cameBack: null,
  wentBack: null,
  cameAgain: null,
  exposed: null,
  open: null,
  stalled: null,
}
const CAME_BACK = { amount: '$480.00', short: '$480', cases: 3, assisted: '$300.00' }
const NEED = {
  who: 'Ada Byron',
  amount: '$149.00',
  why: 'Stripe has no mail address for this customer.',
  todo: 'Put one in Stripe, or reach them another way.',
  action: { label: 'Open the case', link: `${APP}/app/cases/1` },
}

const digest = (over: Partial<DigestProps> = {}) =>
  renderDigest({
    workspaceName: 'Fernhill',
    isTest: false,
    since: 'Monday 16 November 2026',
    rhythm: 'weekly',
    currencies: [{ ...NOTHING, cameBack: CAME_BACK }],
    needs: [NEED],
    needsTotal: 1,
    isKeyRefused: false,
    panelLink: `${APP}/app`,
    settingsLink: `${APP}/app/settings`,
    ...over,
  })
const subjectOf = async (over: Partial<DigestProps>) => (await digest(over)).subject
const quiet = (over: Partial<DigestCurrency>) => ({ needs: [], needsTotal: 0, currencies: [{ ...NOTHING, ...over }] })

describe('the subject of a digest', () => {
  it('says what came back and how many need the owner', async () => {
    expect(await subjectOf({})).toBe('$480 came back, 1 case needs you')
    expect(await subjectOf({ needsTotal: 1_204 })).toBe('$480 came back, 1,204 cases need you')
  })

  it('begins with a key that Stripe refuses', async () => {
    expect(await subjectOf({ isKeyRefused: true })).toBe('Stripe refuses your key, $480 came back')
    expect(await subjectOf({ isKeyRefused: true, needsTotal: 3 })).toBe(
      'Stripe refuses your key, $480 came back, 2 cases need you',
    )
  })

  it('names two currencies and no more', async () => {
    const currencies = ['$480', '€20', '£5'].map((short) => ({ ...NOTHING, cameBack: { ...CAME_BACK, short } }))
    expect(await subjectOf({ currencies: currencies.slice(0, 2) })).toBe('$480 and €20 came back, 1 case needs you')
    expect(await subjectOf({ currencies })).toBe('$480, €20 and more came back, 1 case needs you')
  })

  it('says the most important thing of a quiet week', async () => {
    const sum = { amount: '$720.00', cases: 5 }
    expect(await subjectOf(quiet({ stalled: sum, exposed: sum, open: sum }))).toBe('5 cases stalled')
    expect(await subjectOf(quiet({ exposed: sum, open: sum }))).toBe('5 renewals failed, nothing needs you')
    expect(await subjectOf(quiet({ open: { ...sum, cases: 1 } }))).toBe('1 case is open, nothing needs you')
    expect(await subjectOf(quiet({ wentBack: '$20.00' }))).toBe('$20.00 went back')
  })
})

describe('a digest', () => {
  it('has one paragraph a currency', async () => {
    const sum = { amount: '€10.00', cases: 1 }
    const { html, text } = await digest({
      currencies: [
        { ...NOTHING, cameBack: CAME_BACK },
        { ...NOTHING, exposed: sum, open: sum, stalled: sum },
      ],
    })
    const [, dollars, euros] = text.split('\n\n').map((paragraph) => paragraph.replaceAll('\n', ' '))

    expect(dollars).toBe('$480.00 came back in 3 cases, $300.00 of it with our help.')
    expect(euros).toBe(
      '1 renewal failed, €10.00 in all. €10.00 is open now in 1 case. €10.00 of it stalled in 1 case: no mail is planned, and Stripe will not try again.',
    )
    expect(seen(html)).toContain(dollars)
    expect(seen(html)).toContain(euros)
  })

  it('leads to each case, to the panel and to the settings, in both forms', async () => {
    const { html, text } = await digest()

    expect(buttonsIn(html).map(({ words, link }) => [words, link])).toEqual([['Open SecondLoop', `${APP}/app`]])
    for (const link of [NEED.action.link, `${APP}/app`, `${APP}/app/settings`]) {
      expect(linksIn(html)).toContain(link)
      expect(text).toContain(`\n${link}\n`)
    }
  })

  it('reads well where no money hangs on a need', async () => {
    const { text, html } = await digest({ needs: [{ ...NEED, amount: null }] })

    expect(text).toContain('\nAda Byron\nStripe has no mail address')
    expect(`${seen(html)}${text}`).not.toMatch(/null|undefined| ,/)
  })

  it('cuts a very long name and keeps the amount beside it', async () => {
    const { html, text } = await digest({ needs: [{ ...NEED, who: 'Xenophilius'.repeat(40) }] })

    expect(unwrapped(text)).toMatch(/(Xenophilius)+\w*…, \$149\.00/)
    expect(seen(html)).not.toContain('Xenophilius'.repeat(8))
  })

  it('isolates names that are written from right to left, so that amounts stay in their place', async () => {
    const { html, text } = await digest({ workspaceName: 'متجر الكتب', needs: [{ ...NEED, who: 'عمر الخيام' }] })

    expect(text).toContain('\u2068عمر الخيام\u2069, $149.00')
    expect(seen(html)).toContain('\u2068متجر الكتب\u2069 since Monday 16 November 2026')
  })

  it('shows markup in a name as it is, and no control characters', async () => {
    const { html, text } = await digest({ needs: [{ ...NEED, who: '<img src=x>\r\nBcc: all' }] })

    expect(html).not.toContain('<img src=x>')
    expect(seen(html)).toContain('&lt;img src=x&gt; Bcc: all')
    expect(text).toContain('<img src=x> Bcc: all, $149.00')
  })
})
