import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something holds, at most `ms`. */
export async function eventually(holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It did not hold within ${ms} ms: ${holds}`)
    await sleep(25)
  }
}
