import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decimals, table, whole } from './table.js'

/** The parts of V8's profile that are read; times in microseconds. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** A second in which a process was busier than this share belongs to what is measured. */
const BUSY = 0.5
const LINES = 20

/**
 * Says for each CPU profile in the folder where the time went, by package and by our own files: what Node does on their
 * behalf is counted as theirs. Only seconds in which the process was busy count, so neither its start nor its waiting.
 * Writes each summary beside its profile.
 */
export async function summarizeProfiles(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort()
  const summaries: string[] = []
  for (const file of files) {
    const summary = summaryOf(JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile)
    await writeFile(join(folder, file.replace(/cpuprofile$/, 'txt')), `${summary}\n`)
    summaries.push(`${file}\n\n${summary}`)
  }
  return summaries.join('\n\n')
}

function summaryOf(profile: Profile): string {
  const owners = ownersOf(profile)
  const isIdle = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  )
  const spent = new Map<string, number>()
  let busy = 0
  for (const second of secondsOf(profile)) {
    const total = second.reduce((sum, { us }) => sum + us, 0)
    const working = second.filter(({ node }) => !isIdle.has(node))
    const worked = working.reduce((sum, { us }) => sum + us, 0)
    if (worked < total * BUSY) continue
    busy += worked
    for (const { node, us } of working) {
      const owner = owners.get(node) ?? '(unknown)'
      spent.set(owner, (spent.get(owner) ?? 0) + us)
    }
  }
  const rows = [...spent]
    .sort((a, b) => b[1] - a[1])
    .slice(0, LINES)
    .map(([owner, us]) => [owner, `${decimals((100 * us) / busy, 1)} %`, whole(us / 1_000)])
  return table(['of what', 'share', 'ms'], rows)
}

function* secondsOf({ samples, timeDeltas }: Profile) {
  let second: { node: number; us: number }[] = []
  let length = 0
  for (const [n, node] of samples.entries()) {
    const us = timeDeltas[n] ?? 0
    second.push({ node, us })
    length += us
    if (length < 1_000_000) continue
    yield second
    second = []
    length = 0
  }
}

/** The nearest caller that is a package or a file of ours; else what Node calls it. */
function ownersOf({ nodes }: Profile): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const owners = new Map<number, string>()
  const name = (id: number, inherited: string | null) => {
    const node = byId.get(id)
    if (!node) return
    const own = ownerOf(node.callFrame.url)
    owners.set(id, own ?? inherited ?? (node.callFrame.functionName || '(anonymous)'))
    for (const child of node.children ?? []) name(child, own ?? inherited)
  }
  const [root] = nodes
  if (root) name(root.id, null)
  return owners
}

function ownerOf(url: string): string | null {
  if (!url || url.startsWith('node:')) return null
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  return inPackage ?? /\/((?:src|jobs|admin|emails|test)\/.*)$/.exec(url)?.[1] ?? url
}
