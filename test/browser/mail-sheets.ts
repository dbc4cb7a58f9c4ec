import { fileURLToPath } from 'node:url'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'

const SHOTS = fileURLToPath(new URL('./shots/', import.meta.url))
const SCHEMES = ['light', 'dark'] as const
const WIDTHS = [320, 700] as const
type Width = (typeof WIDTHS)[number]
/** Beside each other: a sheet stays as wide as a screen that one reads on. */
const COLUMNS: Readonly<Record<Width, number>> = { 320: 6, 700: 4 }
const GAP = 12
/** A finger's. Source: WCAG 2.2, 2.5.5. */
const TARGET = 44

/** A mail on a sheet. */
export interface SheetMail {
  readonly name: string
  readonly html: string
  readonly hasButton: boolean
}

/**
 * Lays mails side by side, each in a frame of the width that a mail program gives it, and takes a picture of them all:
 * `shots/mails-<name>-<scheme>-<width>.png`.
 *
 * @param contrast also reads each mail with axe: colours are the same in every language, so one is enough
 * @returns what overflows, is too small for a finger, is not in sight, or what axe finds
 */
export async function lookAtMails(
  browser: Browser,
  name: string,
  mails: readonly SheetMail[],
  { contrast = false } = {},
): Promise<string[]> {
  const findings: string[] = []
  for (const width of WIDTHS) {
    const columns = Math.min(COLUMNS[width], mails.length)
    const page = await browser.newPage({ viewport: { width: columns * (width + GAP) + GAP, height: 800 } })
    await page.setContent(sheet(mails, width, columns))
    for (const colorScheme of SCHEMES) {
      const where = `${name}-${colorScheme}-${width}`
      await page.emulateMedia({ colorScheme })
      const faults = await page.evaluate<string[]>(`(${String(measure)})(${width}, ${TARGET})`)
      if (contrast && width === 320) faults.push(...(await readWithAxe(page, colorScheme)))
      findings.push(...faults.map((fault) => `${where}: ${fault}`))
      await page.screenshot({ path: `${SHOTS}mails-${where}.png`, fullPage: true })
    }
    await page.close()
  }
  return findings
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

const sheet = (mails: readonly SheetMail[], width: Width, columns: number) => `<!doctype html>
<meta name="color-scheme" content="light dark">
<style>
  body { margin: ${GAP}px; columns: ${columns} ${width}px; column-gap: ${GAP}px; background: #88938d }
  figure { margin: 0 0 ${GAP}px; break-inside: avoid } figcaption { font: 600 14px sans-serif; color: #000; padding: 0 0 4px }
  iframe { display: block; border: 0; width: ${width}px }
</style>
${mails
  .map(
    ({ name, html, hasButton }) =>
      `<figure><figcaption>${escaped(name)}</figcaption><iframe title="${escaped(name)}" data-button="${hasButton}" srcdoc="${escaped(html)}"></iframe></figure>`,
  )
  .join('')}`

/** Runs in the page. Gives each frame the height of its mail, so that all of it is in the picture. */
function measure(width: number, target: number): string[] {
  // @ts-expect-error: a browser's.
  const frames = [...document.querySelectorAll('iframe')]
  return frames.flatMap((frame) => {
    const { documentElement: root } = frame.contentDocument
    frame.style.height = '0'
    frame.style.height = `${root.scrollHeight}px`
    const faults: string[] = []
    const fault = (words: string) => faults.push(`${frame.title}: ${words}`)
    if (root.scrollWidth > width) fault(`${root.scrollWidth - width} px wider than the window`)
    // Cells that are wider than the sheet do not always widen the page.
    const inner = frame.contentDocument.querySelector('.sheet').getBoundingClientRect()
    for (const node of frame.contentDocument.querySelectorAll('.sheet p, .sheet a, .sheet strong')) {
      const { left, right } = node.getBoundingClientRect()
      if (left < inner.left || right > inner.right + 0.5)
        fault(`outside of the sheet: ${node.textContent.slice(0, 40)}`)
    }
    const buttons = [...frame.contentDocument.querySelectorAll('a.act')]
    if (buttons.length !== (frame.dataset.button === 'true' ? 1 : 0)) fault(`${buttons.length} buttons`)
    for (const button of buttons) {
      const { top, bottom, left, right, height } = button.getBoundingClientRect()
      const at = frame.contentDocument.elementFromPoint((left + right) / 2, (top + bottom) / 2)
      if (left < 0 || right > width || !button.contains(at)) fault('its button is not in sight')
      if (height < target) fault(`its button is ${height} px high`)
      if (button.scrollWidth > button.clientWidth) fault('its button is too small for its words')
    }
    if (width > 480) return faults
    for (const link of frame.contentDocument.querySelectorAll('a.tap')) {
      const { height } = link.getBoundingClientRect()
      if (height < target) fault(`a link is ${height} px high: ${link.textContent}`)
    }
    return faults
  })
}

/** Only colours differ between the schemes: the rest is read in the light. */
async function readWithAxe(page: Page, scheme: (typeof SCHEMES)[number]): Promise<string[]> {
  const options = { preload: false, ...(scheme === 'dark' && { runOnly: ['color-contrast'] }) }
  const findings: string[] = []
  for (const frame of page.frames().slice(1)) {
    if (scheme === 'light') await frame.evaluate(`${axe.source};0`)
    const { violations } = await frame.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
    for (const { id, help, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue
      findings.push(`${id}, ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    }
  }
  return findings
}
