import { render } from '@react-email/render'
import type { Letter } from './letter.js'
import { LetterPage } from './letter-page.js'
import { type Line, line, plain, strong } from './line.js'
import { nameFrom } from './name.js'
import { plainTextOf } from './plain-text.js'

/** How a workspace stands, for its owner. Amounts and dates come formatted. */
export interface DigestProps {
  readonly workspaceName: string
  readonly isTest: boolean
  /** "Monday 16 November": where the last one ended. */
  readonly since: string
  readonly rhythm: 'daily' | 'weekly'
  /** One each; amounts of two never meet. */
  readonly currencies: readonly DigestCurrency[]
  /** The most pressing first, and not all of them. */
  readonly needs: readonly DigestNeed[]
  /** How many there are in all. */
  readonly needsTotal: number
  /** One of them. */
  readonly isKeyRefused: boolean
  readonly panelLink: string
  readonly settingsLink: string
}

/** What happened since, and how it stands now. Null: nothing of the kind. */
export interface DigestCurrency {
  /** `short`: without decimals that are zero. `assisted`: the part of it, where it is neither all nor nothing. */
  readonly cameBack: (DigestSum & { readonly short: string; readonly assisted: string | 'all' | 'nothing' }) | null
  readonly wentBack: string | null
  /** Went back once, and came again: a dispute that was won. */
  readonly cameAgain: string | null
  readonly exposed: DigestSum | null
  readonly open: DigestSum | null
  /** Of what is open. */
  readonly stalled: DigestSum | null
}

export interface DigestSum {
  readonly amount: string
  readonly cases: number
}

export interface DigestNeed {
  /** A customer, or what of the owner's it is. */
  readonly who: string
  readonly amount: string | null
  /** What happened, and what to do. */
  readonly why: string
  readonly todo: string
  readonly action: { readonly label: string; readonly link: string }
}

/** Its subject names nobody, so that it may be kept. */
export async function renderDigest(props: DigestProps): Promise<{ subject: string; html: string; text: string }> {
  const figures = props.currencies.map(inWords)
  const intro = needsIntro(props)
  const more = props.needsTotal - props.needs.length
  const smallPrint = `You get this every ${props.rhythm === 'daily' ? 'morning' : 'Monday morning'}, because you own a SecondLoop workspace.`
  const letter: Letter = {
    language: 'en',
    subject: subjectOf(props),
    preview: plain(figures[0] ?? line`${intro}`),
    from: 'SecondLoop',
    opening: [line`${headOf(props)}`, ...figures, line`${intro}`],
    items: props.needs.map(({ who, amount, why, todo, action }) => ({
      title: nameFrom(who),
      amount: amount ?? '',
      reason: `${why} ${todo}`,
      action,
    })),
    action: { label: 'Open SecondLoop', link: props.panelLink },
    closing: more > 0 ? [line`And ${counted(more)} more: all of them stand on your overview.`] : [],
    smallPrint: { html: smallPrint, text: smallPrint },
    stops: [{ of: null, label: 'Get it more often, less often or not at all', link: props.settingsLink }],
  }
  return { subject: letter.subject, html: await render(<LetterPage letter={letter} />), text: plainTextOf(letter) }
}

/** The most important first, in one line. */
function subjectOf(props: DigestProps): string {
  const { isKeyRefused, isTest } = props
  const cases = casesIn(props)
  const news = [
    ...(isKeyRefused ? ['Stripe refuses your key'] : []),
    ...cameBackOf(props),
    ...(cases > 0 ? [`${counted(cases, 'case')} ${cases === 1 ? 'needs' : 'need'} you`] : []),
  ]
  return `${isTest ? '[test] ' : ''}${news.length > 0 ? news.join(', ') : quietSubject(props)}`
}

const casesIn = ({ needsTotal, isKeyRefused }: DigestProps) => needsTotal - (isKeyRefused ? 1 : 0)

function cameBackOf({ currencies }: DigestProps): string[] {
  const [first, second, ...others] = currencies.flatMap(({ cameBack }) => cameBack?.short ?? [])
  if (!first) return []
  if (!second) return [`${first} came back`]
  return [others.length > 0 ? `${first}, ${second} and more came back` : `${first} and ${second} came back`]
}

function quietSubject({ currencies }: DigestProps): string {
  const casesOf = (which: 'stalled' | 'exposed' | 'open') =>
    currencies.reduce((sum, currency) => sum + (currency[which]?.cases ?? 0), 0)
  const [stalled, failed, open] = [casesOf('stalled'), casesOf('exposed'), casesOf('open')]
  if (stalled > 0) return `${counted(stalled, 'case')} stalled`
  if (failed > 0) return `${counted(failed, 'renewal')} failed, nothing needs you`
  if (open > 0) return `${counted(open, 'case')} ${open === 1 ? 'is' : 'are'} open, nothing needs you`
  const wentBack = currencies.find((currency) => currency.wentBack)?.wentBack
  return wentBack ? `${wentBack} went back` : 'Nothing needs you'
}

function headOf({ workspaceName, since, isTest, currencies }: DigestProps): string {
  const head = `${nameFrom(workspaceName)} since ${since}${isTest ? ', in Stripe’s test mode' : ''}:`
  return currencies.some(({ cameBack }) => cameBack) ? head : `${head} nothing came back.`
}

function needsIntro(props: DigestProps): string {
  const { needsTotal: total, needs, isKeyRefused } = props
  if (total === 0) return 'Nothing needs you.'
  const what = counted(total, isKeyRefused ? 'thing' : 'case')
  const head = `${what} ${total === 1 ? 'needs' : 'need'} you`
  return needs.length < total ? `${head}, the most pressing first:` : `${head}:`
}

/** One paragraph: what changed, then how it stands. */
function inWords({ cameBack, wentBack, cameAgain, exposed, open, stalled }: DigestCurrency): Line {
  const sentences: Line[] = []
  if (cameBack) sentences.push(line`${strong(cameBack.amount)} came back${inCases(cameBack)}, ${helpIn(cameBack)}.`)
  if (cameAgain) sentences.push(line`${strong(cameAgain)} that had gone back came again.`)
  if (wentBack) sentences.push(line`${strong(wentBack)} went back: refunded, disputed or credited.`)
  if (exposed) sentences.push(line`${counted(exposed.cases, 'renewal')} failed, ${strong(exposed.amount)} in all.`)
  if (open) sentences.push(line`${strong(open.amount)} is open now${inCases(open)}.`)
  if (stalled)
    sentences.push(
      line`${strong(stalled.amount)} of it stalled${inCases(stalled)}: no mail is planned, and Stripe will not try again.`,
    )
  return sentences.flatMap((sentence, index) => (index === 0 ? sentence : [' ', ...sentence]))
}

/** A part of an invoice may come back, and its case stay open. */
const inCases = ({ cases }: DigestSum) => (cases > 0 ? ` in ${counted(cases, 'case')}` : '')

function helpIn({ assisted }: NonNullable<DigestCurrency['cameBack']>): string {
  if (assisted === 'nothing') return 'without us'
  return assisted === 'all' ? 'all of it with our help' : `${assisted} of it with our help`
}

const counted = (count: number, one?: string) =>
  `${count.toLocaleString('en-US')}${one ? ` ${one}${count === 1 ? '' : 's'}` : ''}`
