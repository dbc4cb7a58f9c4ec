import type { Page } from 'playwright-core'
import { arrive } from './arrive.js'
import type { StagedWorkspace } from './stage.js'

/** Signs the owner in with a mailed link; the page then shows where that leads. */
export async function signIn(page: Page, workspace: StagedWorkspace): Promise<void> {
  await page.goto(await workspace.signInLink())
  await arrive(page, () => page.getByRole('button', { name: 'Sign in' }).click())
}
