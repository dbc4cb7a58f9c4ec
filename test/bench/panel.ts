import { connect, type Db } from '../../src/db/knex.js'
import { fakeContext } from '../support/context.js'
import { aWorkspace } from '../support/factories.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { serveApp } from '../support/web.js'
import type { Benchmark } from './benchmark.js'
import { fillCases, fillEvents } from './fill-cases.js'
import { type Spread, spreadOf } from './measure.js'
import { table, whole, withEnds } from './table.js'

const CASES = 100_000
const MANY_CASES = 1_000_000
const EVENTS = 1_000_000
const TIMES = 20

/** Of each workspace. */
const PAGES = {
  'overview, 7 days': '/app?days=7',
  'overview, 30 days': '/app',
  'overview, 90 days': '/app?days=90',
  'first page': '/app/cases',
  'view: needs a human': '/app/cases?view=human',
  'view: open': '/app/cases?view=open',
  'view: recovered': '/app/cases?view=recovered',
  'view: dismissed': '/app/cases?view=dismissed',
  'one currency': '/app/cases?currency=jpy',
  'largest first': '/app/cases?currency=usd&order=largest',
  'largest of a rare view': '/app/cases?currency=jpy&order=largest&view=forgiven',
  'search: a rare name': '/app/cases?q=c4ca423',
  'search: a letter': '/app/cases?q=c',
  'search: all': '/app/cases?q=billing',
  'search: nothing': '/app/cases?q=zebra%25',
} as const

interface Measured {
  readonly alone: Spread
  readonly beside: Spread
  /** Of a third workspace, with a million cases, beside the two. */
  readonly many: Spread
}

/**
 * How long the panel's pages take for a workspace with 100,000 cases and 1,000,000 events, alone in its database and
 * beside another of the same size; with the plan of the slowest statement of the slowest page. In milliseconds, as the
 * browser sees it, with the web application in this process; then the same pages of a workspace with a million cases.
 */
export const panel: Benchmark = {
  name: 'panel',
  async run(stage) {
    const db = connect(await stage.database())
    try {
      const { data, plan } = await measurePages(db)
      const rows = Object.entries(data).map(([page, { alone, beside, many }]) => [
        page,
        withEnds(alone, 0),
        withEnds(beside, 0),
        (beside.median / alone.median).toFixed(2),
        withEnds(many, 0),
        (many.median / beside.median).toFixed(2),
      ])
      const title = `pages of a workspace with ${whole(CASES)} cases, milliseconds, ${TIMES} times each; then of one with ${whole(MANY_CASES)}`
      const head = ['page', 'alone', 'with a neighbour', 'ratio', 'of many', 'ratio']
      return { text: `${title}\n${table(head, rows)}\n\n${plan}`, data }
    } finally {
      await db.destroy()
    }
  },
}

async function measurePages(db: Db) {
  const contexts: ReturnType<typeof fakeContext>[] = []
  const web = await serveApp((appUrl) => {
    const context = fakeContext({ db, settings: { appUrl } })
    contexts.push(context)
    return context
  })
  try {
    const [context] = contexts
    if (!context) throw new Error('The application was given no context')
    const workspace = await aWorkspace(context)
    await fill(db, workspace, CASES)
    const browser = await signIn(web, context, workspace.owner)
    const pages = await pagesOf(db, workspace.id)

    const alone = await timeAll(browser, pages)
    await fill(db, await aWorkspace(context), CASES)
    const beside = await timeAll(browser, pages)
    const large = await aWorkspace(context)
    await fill(db, large, MANY_CASES)
    const many = await timeAll(await signIn(web, context, large.owner), await pagesOf(db, large.id))

    const data: Record<string, Measured> = {}
    for (const page of Object.keys(pages))
      data[page] = { alone: alone[page]!, beside: beside[page]!, many: many[page]! }
    const [slowest] = Object.entries(beside).sort(([, one], [, other]) => other.median - one.median)
    const name = slowest?.[0] ?? 'first page'
    return { data, plan: `${name}\n${await slowestPlan(db, () => browser.get(pages[name] ?? '/app/cases'))}` }
  } finally {
    await web.close()
  }
}

async function fill(db: Db, workspace: Awaited<ReturnType<typeof aWorkspace>>, cases: number) {
  await fillCases(db, workspace, cases)
  await fillEvents(db, workspace, EVENTS)
  await db.raw('vacuum analyze')
}

const pagesOf = async (db: Db, workspaceId: string): Promise<Record<string, string>> => ({
  ...PAGES,
  'page 200': await deepPage(db, workspaceId),
})

/** Ten thousand cases further. */
async function deepPage(db: Db, workspaceId: string): Promise<string> {
  const row = await db('recovery_cases')
    .where({ workspace_id: workspaceId })
    .orderBy('opened_at', 'desc')
    .offset(10_000)
    .first<{ id: string }>('id')
  return `/app/cases?after=${row.id}`
}

async function timeAll(browser: SignedInBrowser, pages: Readonly<Record<string, string>>) {
  const measured: Record<string, Spread> = {}
  for (const [name, path] of Object.entries(pages)) {
    const times: number[] = []
    for (let time = -2; time < TIMES; time += 1) {
      const before = performance.now()
      const answer = await browser.get(path)
      await answer.text()
      if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}`)
      if (time >= 0) times.push(performance.now() - before) // Two to warm up.
    }
    measured[name] = spreadOf(times)
  }
  return measured
}

interface Asked {
  readonly sql: string
  readonly bindings: readonly unknown[]
  readonly at: number
}

/** What Postgres says of the statement that took longest. */
async function slowestPlan(db: Db, act: () => Promise<unknown>): Promise<string> {
  const asked = new Map<string, Asked>()
  let slowest: (Asked & { took: number }) | undefined
  const begin = (query: { __knexQueryUid: string; sql: string; bindings: readonly unknown[] }) =>
    asked.set(query.__knexQueryUid, { sql: query.sql, bindings: query.bindings, at: performance.now() })
  const end = (_: unknown, query: { __knexQueryUid: string }) => {
    const one = asked.get(query.__knexQueryUid)
    const took = one ? performance.now() - one.at : 0
    if (one && took > (slowest?.took ?? 0)) slowest = { ...one, took }
  }
  db.on('query', begin).on('query-response', end)
  await act()
  db.removeListener('query', begin).removeListener('query-response', end)
  if (!slowest) return 'Nothing was asked'
  const { rows } = await db.raw<{ rows: Record<string, string>[] }>(
    `explain (analyze, buffers) ${slowest.sql.replace(/\$\d+/g, '?')}`,
    [...slowest.bindings] as never,
  )
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}
