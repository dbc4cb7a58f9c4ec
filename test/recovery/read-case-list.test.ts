import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readAllCases, readCaseList, type WantedCases } from '../../src/recovery/read-case-list.js'
import { fillCases } from '../bench/fill-cases.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'

const MANY = 12_000
const PAGE = 50
const PLAIN: WantedCases = { view: 'all', search: null, currency: null, order: 'newest', place: null }

const database = useDatabase()

let context: FakeContext
let workspace: TestWorkspace

beforeAll(async () => {
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
  await fillCases(database.db, workspace, MANY)
})
beforeEach(() => {
  context = fakeContext({ db: database.db })
})

const list = (wanted: Partial<WantedCases>) =>
  readCaseList(context, workspace.id, workspace.connectionId, { ...PLAIN, ...wanted }, PAGE)
const ids = async (wanted: Partial<WantedCases>) => (await list(wanted)).cases.map(({ id }) => id)

describe('a search that matches more than is counted', () => {
  it('says so, and shows what the list without it shows', async () => {
    const found = await list({ search: 'billing@' })
    expect(found.counts).toBeNull()
    expect(found.currencies).toEqual(['eur', 'jpy', 'usd'])
    expect(found.cases.map(({ id }) => id)).toEqual(await ids({}))
    expect(found.cases).toHaveLength(PAGE)
  })

  it.each([
    ['in another view', { view: 'lost' }],
    ['the oldest first', { order: 'oldest' }],
    ['by amount', { currency: 'usd', order: 'largest' }],
  ] as const)('keeps the order of the list %s, forwards and backwards', async (_, wanted) => {
    const searched = { ...wanted, search: 'billing@' }
    const first = await ids(searched)
    expect(first).toEqual(await ids(wanted))
    const after = { side: 'after', caseId: first.at(-1) ?? '' } as const
    const second = await ids({ ...searched, place: after })
    expect(second).toEqual(await ids({ ...wanted, place: after }))
    expect(await ids({ ...searched, place: { side: 'before', caseId: second[0] ?? '' } })).toEqual(first)
  })
})

describe('all cases of a list', () => {
  it.each([null, 'billing@'])('are read batch by batch, each once, in its order (search: %s)', async (search) => {
    const seen: Date[] = []
    const known = new Set<string>()
    for await (const cases of readAllCases(context, workspace.id, workspace.connectionId, { ...PLAIN, search })) {
      expect(cases.length).toBeLessThanOrEqual(500)
      for (const { id, opened_at } of cases) {
        known.add(id)
        seen.push(opened_at)
      }
    }
    expect([seen.length, known.size]).toEqual([MANY, MANY])
    expect(seen).toEqual([...seen].sort((one, other) => other.getTime() - one.getTime()))
  })
})
