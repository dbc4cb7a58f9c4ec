import { copyFile, open, readFile, stat, truncate } from 'node:fs/promises'

const LIMIT = 4 * 1024 * 1024

/**
 * Keeps a server's log from growing for ever: above 4 MB it becomes `<log>.old`. It is copied and cut because a
 * running server goes on writing into the file it has.
 */
export async function trimLog(log: string): Promise<void> {
  const size = (await stat(log).catch(() => undefined))?.size ?? 0
  if (size < LIMIT) return
  await copyFile(log, `${log}.old`)
  await truncate(log)
}

/** Opens the log for a new server; `said` gives what came to it since, the faults if there are any. */
export async function openLog(log: string) {
  await trimLog(log)
  const handle = await open(log, 'a', 0o600)
  const { size } = await handle.stat()
  return {
    fd: handle.fd,
    close: () => handle.close(),
    async said(): Promise<string> {
      const lines = (await readFile(log)).subarray(size).toString().trim().split('\n').map(withoutPrefix)
      const faults = lines.filter((line) => /^(FATAL|PANIC):/.test(line))
      return (faults.length > 0 ? faults : lines.slice(-1)).join(' | ')
    },
  }
}

/** Without time and process id. */
const withoutPrefix = (line: string) => line.replace(/^.*? \[\d+\] /, '')
