import type { Progress } from '../diagnostics/progress.js'

const WIDTH = 32
/** Without a terminal a line is said this often. */
const STEPS = 4

/** Draws on one line of a terminal; elsewhere says a line for each quarter. */
export function progressBar(output: NodeJS.WriteStream) {
  let said = -1
  return {
    show({ lists, share }: Progress) {
      const step = Math.floor(share * STEPS)
      if (!output.isTTY && step === said) return
      said = step
      const filled = Math.round(share * WIDTH)
      const seen = lists
        .filter(({ listing }) => listing === 'invoices' || listing === 'charges')
        .map(
          ({ about, listing, seen: count }) =>
            `${count.toLocaleString('en-US')} of about ${about.toLocaleString('en-US')} ${listing}`,
        )
        .join(', ')
      const line = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(share * 100)}%  ${seen}`
      output.write(output.isTTY ? `\r${line}\u001b[K` : `${line}\n`)
    },
    end() {
      if (output.isTTY) output.write('\r\u001b[K')
    },
  }
}
