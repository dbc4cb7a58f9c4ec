import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from '@jest/globals'

/* What a document names must be there: a reader who looks for the proof finds it, or the document is wrong. */

const DOCUMENTS = ['README.md', 'CHANGELOG.md', ...markdownIn('docs')]
const OURS = /^(?:src|jobs|emails|admin|migrations|test|docs)\//

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort()
}

/** Without blocks of code, where a path may be one that the reader is to make. */
const withoutBlocks = (text: string) => text.replace(/^ *```[\s\S]*?^ *```/gm, '')

/** Paths of ours between backticks, such as `src/log.ts`, `test/e2e` or `docs/*.md`. */
function pathsIn(text: string): string[] {
  const quoted = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, words]) => words ?? '')
  return quoted.filter((words) => OURS.test(words) && !/\s/.test(words))
}

/** Where relative links lead, from the root; with the part behind `#`. */
function linksIn(document: string, text: string): { file: string; anchor: string }[] {
  const targets = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '')
  return targets
    .filter((target) => !/^[a-z]+:/i.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#')
      return { file: path ? normalize(join(dirname(document), path)) : document, anchor }
    })
}

/** As GitHub makes them of headings; a heading that comes twice has a number behind it the second time. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutBlocks(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
    let [name, again] = [anchor, 0]
    while (anchors.has(name)) {
      again += 1
      name = `${anchor}-${again}`
    }
    anchors.add(name)
  }
  return anchors
}

/** What a command makes there is named in `.gitignore`, and in no checkout. */
const MADE = readFileSync('.gitignore', 'utf8').split('\n')

function isThere(path: string): boolean {
  const plain = path.replace(/\*.*$/, '').replace(/\/$/, '')
  return existsSync(plain) || MADE.some((line) => line.replace(/^\/|\/$/g, '') === plain)
}

function leadNowhere(document: string, text: string): string[] {
  const paths = pathsIn(text).filter((path) => !isThere(path))
  const links = linksIn(document, text).filter(
    ({ file, anchor }) =>
      !existsSync(file) || (anchor && file.endsWith('.md') && !anchorsOf(readFileSync(file, 'utf8')).has(anchor)),
  )
  return [...paths, ...links.map(({ file, anchor }) => (anchor ? `${file}#${anchor}` : file))]
}

describe('what a document names', () => {
  it.each(DOCUMENTS)('is there: %s', (document) => {
    expect(leadNowhere(document, readFileSync(document, 'utf8'))).toEqual([])
  })

  it('is found missing, be it a path, a link, or a heading', () => {
    const text = [
      '# Here',
      'See `src/log.ts`, `src/nothing.ts`, `test/e2e`, `test/gone/` and `docs/*.md`, not `npm test` or `dist/none.js`.',
      '[there](RUNBOOK.md) [up](../README.md#environment) [none](NONE.md) [no heading](RUNBOOK.md#nothing-here)',
      '[here](#here) [not here](#there) [elsewhere](https://example.com/none)',
      '```sh',
      'cat `src/to-be-made.ts`',
      '```',
    ].join('\n')
    // The document itself is read for its own headings: one that has neither.
    expect(leadNowhere('docs/SCOPE.md', text)).toEqual([
      'src/nothing.ts',
      'test/gone/',
      'docs/NONE.md',
      'docs/RUNBOOK.md#nothing-here',
      'docs/SCOPE.md#here',
      'docs/SCOPE.md#there',
    ])
  })
})
