import { readConfig } from '../config.js'
import { connect, type Db } from '../db/knex.js'
import { pendingMigration } from '../db/migrate.js'
import { StartError } from '../errors.js'
import { createLog } from '../log.js'
import { audit, type Finding } from '../recovery/audit.js'
import { runCommand } from '../shutdown.js'
import { openDatabase } from './open-database.js'

/**
 * `npm run -s audit`: checks every case of the database against what must hold, and changes nothing: a copy, or a user
 * who may only read, will do. One line a finding on standard output, and how many cases were checked; status 1 when
 * there is a finding.
 */
await runCommand(async () => {
  const config = readConfig()
  const database = await openDatabase(config, createLog(config.logLevel, process.stderr))
  try {
    const db = connect(database.url, { max: 2, name: 'secondloop-audit' })
    try {
      await auditDatabase(db)
    } finally {
      await db.destroy()
    }
  } finally {
    await database.close()
  }
})

async function auditDatabase(db: Db): Promise<void> {
  const pending = await pendingMigration(db)
  if (pending)
    throw new StartError(`The database lacks ${pending}. Start SecondLoop, or run its release step, and then audit.`)
  let findings = 0
  const { cases } = await audit({ db }, (finding) => {
    findings += 1
    process.stdout.write(`${inWords(finding)}\n`)
  })
  process.stdout.write(`Cases checked: ${cases}, findings: ${findings}\n`)
  if (findings > 0) process.exitCode = 1
}

function inWords({ rule, workspaceId, caseId, subject, expected, found }: Finding): string {
  const where = [`workspace ${workspaceId}`, ...(caseId ? [`case ${caseId}`] : [])].join(', ')
  return `${rule}: ${where}, ${subject}: expected ${expected}, found ${found}`
}
