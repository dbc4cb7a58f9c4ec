import { describe, expect, it } from '@jest/globals'
import { type LinkRequest, mailVisitOf, visitOf } from '../../src/domain/link-visit.js'

const ACCEPTED = new Date('2026-11-22T14:00:00.000Z')
const later = (ms: number) => new Date(ACCEPTED.getTime() + ms)
const MINUTE = 60_000
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

const visit = (over: Partial<LinkRequest> = {}, ms = MINUTE) =>
  visitOf({ userAgent: CHROME, purpose: '', ...over }, later(ms), ACCEPTED)

describe('a visit to a recovery link', () => {
  it.each([
    ['Chrome', CHROME],
    ['Edge', `${CHROME} Edg/142.0.0.0`],
    ['Firefox', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0'],
    [
      'Safari on a phone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
    ],
    [
      'the view of a mail app',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    ],
    [
      'the Google app',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/395.0 Mobile/15E148 Safari/604.1',
    ],
    [
      'a Cubot phone',
      'Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG STAR) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
    ],
    ['a browser with a virus scanner’s name', `${CHROME} Avast/142.0.0.0`],
    ['Internet Explorer', 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko'],
    ['Opera Mini', 'Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10'],
  ])('by %s is an opening', (_, userAgent) => {
    expect(visit({ userAgent })).toBe('opened')
  })

  it.each([
    ['nothing', ''],
    ['curl', 'curl/8.17.0'],
    ['a script', 'python-requests/2.32.5'],
    ['Outlook, which asks before it opens', 'Mozilla/4.0 (compatible; ms-office; MSOffice 16)'],
    ['a chat', 'WhatsApp/2.2587.9 N'],
    ['a chat’s preview', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    [
      'a preview with an engine',
      'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b',
    ],
    ['a crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['a crawler on a phone', `${CHROME} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`],
    ['a browser without a window', CHROME.replace('Chrome', 'HeadlessChrome')],
    ['a proxy', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'],
    ['a gateway', 'Barracuda Sentinel (EE)'],
    ['a gateway with an engine', `${CHROME} ProofPoint`],
  ])('by %s is a fetch', (_, userAgent) => {
    expect(visit({ userAgent })).toBe('machine')
  })

  it('is a fetch when the browser only guesses that it may be opened', () => {
    for (const purpose of ['prefetch', 'prefetch;prerender', '   prefetch', 'Preview']) {
      expect(visit({ purpose })).toBe('machine')
    }
  })

  it('is too soon within ten seconds of the mail’s acceptance, and an opening from then on', () => {
    expect(visit({}, 0)).toBe('too_soon')
    expect(visit({}, 10_000)).toBe('too_soon')
    expect(visit({}, 10_001)).toBe('opened')
  })

  it('is too soon when the acceptance was recorded while it was under way', () => {
    expect(visit({}, -5)).toBe('too_soon')
  })

  it('is an opening when there was no mail, because somebody passed the link on', () => {
    expect(visitOf({ userAgent: CHROME, purpose: '' }, ACCEPTED, null)).toBe('opened')
  })
})

describe('what the mail provider saw', () => {
  it('is by a program when that says so, however late', () => {
    expect(mailVisitOf('Barracuda Sentinel (EE)', later(MINUTE), ACCEPTED)).toBe('machine')
  })

  it('is too soon within ten seconds of the mail’s arrival, whether or not it is told by whom', () => {
    for (const userAgent of [CHROME, null]) {
      expect(mailVisitOf(userAgent, later(10_000), ACCEPTED)).toBe('too_soon')
      expect(mailVisitOf(userAgent, later(10_001), ACCEPTED)).toBe('opened')
    }
  })
})
