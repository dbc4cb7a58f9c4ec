import { expect, it } from '@jest/globals'
import { down, up } from '../../migrations/0028-look-closer-at-mails.js'
import type { Mail } from '../../src/db/models/mail.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'
import { aStoredCase, aStoredMail } from '../support/stored-cases.js'

const { db } = useDatabase()

it('takes for a scanner’s what was opened within ten seconds of its arrival, and gives it back', async () => {
  const context = fakeContext({ db })
  const recoveryCase = await aStoredCase(context, await aWorkspace(context))
  const at = (seconds: number) => new Date(context.now().getTime() + seconds * 1_000)
  const mail = (delivered: number | null, opened: number | null) =>
    aStoredMail(context, recoveryCase, {
      accepted_at: at(0),
      delivered_at: delivered === null ? null : at(delivered),
      opened_at: opened === null ? null : at(opened),
    })
  const mails = [await mail(null, 10), await mail(600, 605), await mail(2, 60), await mail(2, null)]
  const openings = async () => {
    const rows: Pick<Mail, 'id' | 'opened_at' | 'scanned_at'>[] = await db('mails').select('*')
    return mails.map(({ id }) => {
      const row = rows.find((each) => each.id === id)
      return [row?.opened_at ?? null, row?.scanned_at ?? null]
    })
  }

  await down(db)
  expect(await openings()).toEqual([
    [at(10), null],
    [at(605), null],
    [at(60), null],
    [null, null],
  ])
  await up(db)
  expect(await openings()).toEqual([
    [null, at(10)],
    [null, at(605)],
    [at(60), null],
    [null, null],
  ])
})
