import { fileURLToPath } from 'node:url'
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const SHOTS = fileURLToPath(new URL('./shots/', import.meta.url))
const SCHEMES = ['light', 'dark'] as const
const WIDTHS = { 360: 740, 1600: 900 }
const GRAVE = ['serious', 'critical']

/** `shots/<name>.png` of what is in the window. */
export const takeShot = (page: Page, name: string) => page.screenshot({ path: `${SHOTS}${name}.png` })

/**
 * Takes a picture of the whole page in both schemes at both widths, and reads it with axe.
 *
 * @returns what axe finds serious or critical, and what does not fit the window
 */
export async function lookAt(page: Page, screen: string): Promise<string[]> {
  const findings: string[] = []
  await page.evaluate(`${axe.source};0`)
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }) // No colour on its way to another.
    for (const [width, height] of Object.entries(WIDTHS)) {
      const where = `${screen}-${colorScheme}-${width}`
      await page.setViewportSize({ width: Number(width), height })
      await paintFrames(page, Number(width))
      await page.screenshot({ path: `${SHOTS}${where}.png`, fullPage: true })
      findings.push(...(await graveFindings(page, colorScheme)).map((finding) => `${where}: ${finding}`))
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (overflow > 0) findings.push(`${where}: ${overflow} px wider than the window`)
    }
  }
  return findings
}

/** What stands in a frame is painted once it comes into the window. */
async function paintFrames(page: Page, width: number): Promise<void> {
  if (page.frames().length === 1) return
  const height = await page.evaluate<number>('document.documentElement.scrollHeight')
  await page.setViewportSize({ width, height })
  await page.waitForTimeout(200)
}

/** Only colours differ between the schemes: the rest is read in the light. */
async function graveFindings(page: Page, scheme: (typeof SCHEMES)[number]): Promise<string[]> {
  const options = { preload: false, ...(scheme === 'dark' && { runOnly: ['color-contrast'] }) }
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}, ${help}: ${target.join(' ')}`))
}

export interface Focus {
  /** What a screen reader would say of it, roughly. */
  readonly name: string
  readonly outline: string
  readonly isInWindow: boolean
}

/** Presses Tab until something of this name has the focus, at most forty times. */
export async function tabTo(page: Page, name: string): Promise<Focus> {
  const passed: string[] = []
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab')
    const focus = await page.evaluate<Focus>(`(() => {
      const node = document.activeElement
      const { outlineStyle, outlineWidth } = getComputedStyle(node)
      const { top, bottom } = node.getBoundingClientRect()
      return {
        name: node.textContent.trim(),
        outline: outlineStyle + ' ' + outlineWidth,
        isInWindow: top >= 0 && bottom <= innerHeight,
      }
    })()`)
    if (focus.name === name) return focus
    passed.push(focus.name)
  }
  throw new Error(`Tab reaches ${passed.join(', ')}, but not ${name}`)
}
