import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const at = (path: string) => join(REPOSITORY, path)

/** Run as processes of their own or in them, compiled like the product. */
const PROGRAMS = [
  ...['bare-koa', 'diagnose-once', 'list-server', 'load', 'render-mails', 'simulate', 'take-webhooks'].map((name) =>
    at(`test/bench/${name}.ts`),
  ),
  at('test/drills/skewed-clock.ts'),
]

/**
 * Compiles as `npm run build` does, into a folder of its own. Under tsx, its wrapping of every function would count
 * against us.
 *
 * @param folder exists
 */
export async function build(folder: string): Promise<void> {
  await cp(at('package.json'), join(folder, 'package.json'))
  await symlink(at('node_modules'), join(folder, 'node_modules'))
  const project = {
    extends: at('tsconfig.build.json'),
    compilerOptions: { outDir: folder, rootDir: REPOSITORY, typeRoots: [at('node_modules/@types')] },
    exclude: [at('src/web/client'), at('admin/bundle.ts')],
    include: [...['src', 'jobs', 'admin', 'emails', 'migrations'].map(at), ...PROGRAMS],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
  const { status, stdout } = spawnSync(at('node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.json')], {
    encoding: 'utf8',
  })
  if (status !== 0) process.stderr.write(`tsc found faults, its output is measured all the same:\n${stdout}`)
  if (!existsSync(join(folder, 'src/web/server.js'))) throw new Error('There is nothing to measure: the build failed')
  await cp(at('admin/bundles'), join(folder, 'admin/bundles'), { recursive: true })
  await cp(at('src/web/assets'), join(folder, 'src/web/assets'), { recursive: true })
}
