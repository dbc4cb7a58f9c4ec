import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const text = readFileSync('docs/security/ASVS.md', 'utf8')

/** How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has. */
const CHAPTERS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]

/** `4.4.1-4.4.4` is four. */
function numbersIn(words: string): string[] {
  return [...words.matchAll(/(\d+\.\d+)\.(\d+)(?:-\1\.(\d+))?/g)].flatMap(([, section, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => `${section}.${Number(first) + n}`),
  )
}

interface Verdict {
  readonly number: string
  readonly verdict: string
  readonly proof: string
}

const rows = [...text.matchAll(/^\| ([\d., -]+) \| [^|]+ \| ([^|]+) \| (.+) \|$/gm)].flatMap(
  ([, numbers = '', verdict = '', proof = '']): Verdict[] =>
    numbersIn(numbers).map((number) => ({ number, verdict, proof })),
)
const prose = [...text.matchAll(/^(?=\d+\.\d)[\s\S]*? n\/a: /gm)].flatMap(([words]) =>
  numbersIn(words).map((number): Verdict => ({ number, verdict: 'n/a', proof: '' })),
)
const verdicts = [...rows, ...prose]
const count = (verdict: string) => verdicts.filter((each) => each.verdict === verdict).length

describe('the review against ASVS', () => {
  it('judges each requirement once', () => {
    expect(new Set(verdicts.map(({ number }) => number)).size).toBe(verdicts.length)
    const chapters = CHAPTERS.map(
      (_, n) => verdicts.filter(({ number }) => number.split('.')[0] === String(n + 1)).length,
    )
    expect(chapters).toEqual(CHAPTERS)
  })

  it('says how many are met, and counts rightly', () => {
    const [met, open, none] = [count('met'), count('**not met**'), count('n/a')]
    expect(met + open + none).toBe(verdicts.length)
    expect(text).toContain(`${met} are met, ${open} are not, ${none} do not apply.`)
  })

  it('shows what meets a requirement, and says what one that is not met would need', () => {
    const unshown = verdicts.filter(
      ({ proof, verdict }) => verdict === 'met' && !/`[\w.-]+\/|\]\(\.\.\/|^the same|^the above/.test(proof),
    )
    expect(unshown.map(({ number }) => number)).toEqual([])
    const open = verdicts.filter(({ verdict }) => verdict === '**not met**')
    expect(open.filter(({ proof }) => !/Would need|left to the platform/.test(proof))).toEqual([])
  })
})
