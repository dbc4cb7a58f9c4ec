import type { Page } from 'playwright-core'

/** Does what leads to another page, and waits until that page has loaded, with the frames in it. */
export async function arrive(page: Page, by: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent('load'), by()])
}
