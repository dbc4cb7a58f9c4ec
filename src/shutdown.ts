import { messageOf, StartError } from './errors.js'

/** Something that runs until it is asked to stop. Stopping finishes what was accepted. */
export interface Running {
  stop(): Promise<void>
}

/** A platform kills what has not ended half a minute after SIGTERM: by then we have told what did not end. */
const LONGEST_STOP_MS = 25_000

/**
 * Runs a process from start to SIGTERM or SIGINT. A start that can't go on is told at the terminal in its own words and
 * ends with status 1; a second signal ends at once.
 *
 * @param start is given a signal that is aborted when the process is asked to stop
 */
export async function runProcess(start: (stopping: AbortSignal) => Promise<Running>): Promise<void> {
  const stopping = new AbortController()
  const asked = new Promise<void>((resolve) => {
    const onSignal = () => {
      if (stopping.signal.aborted) process.exit(1)
      stopping.abort()
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
  try {
    const running = await start(stopping.signal)
    await asked
    const late = setTimeout(
      () => fail('SecondLoop did not stop in time and ends now; nothing accepted is lost.'),
      LONGEST_STOP_MS,
    )
    await running.stop()
    clearTimeout(late)
    process.exit(0)
  } catch (error) {
    fail(error instanceof StartError ? error.message : `SecondLoop failed: ${detailOf(error)}`)
  }
}

/** Runs a command to its end. Its words for people go to standard error. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    fail(error instanceof StartError ? error.message : `The command failed: ${detailOf(error)}`)
  }
}

function fail(words: string): never {
  process.stderr.write(`${words}\n`)
  process.exit(1)
}

const detailOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : messageOf(error))
