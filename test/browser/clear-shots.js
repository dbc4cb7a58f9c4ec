import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SHOTS = fileURLToPath(new URL('./shots/', import.meta.url))

/** Before the first file of a run: what is there afterwards is how the pages look now. */
export default function clearShots() {
  rmSync(SHOTS, { recursive: true, force: true })
  mkdirSync(SHOTS, { recursive: true })
}
