import { readConfig } from './config.js'
import { createLog } from './log.js'
import { runEverything } from './run-everything.js'
import { runProcess } from './shutdown.js'

/** `npm start`: everything in one process. */
await runProcess(async (stopping) => {
  const config = readConfig()
  const log = createLog(config.logLevel)
  const running = await runEverything(config, { log, stopping })
  process.stderr.write(`SecondLoop runs at ${config.appUrl}\n`)
  return running
})
