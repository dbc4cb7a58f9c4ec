import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type StaticFiles, staticFiles } from '../src/static-files.js'

const HERE = dirname(fileURLToPath(import.meta.url))
/** Made by `npm run bundle`: the start of AdminJS, and our own components. */
const BUNDLES = ['boot.js', 'client.js'].map((name) => ({ name, path: join(HERE, 'bundles', name) }))

/** AdminJS's client for production, whatever `NODE_ENV` says: the other is eight times the size. */
function adminScripts() {
  const { resolve } = createRequire(import.meta.url)
  const scripts = join(dirname(resolve('adminjs')), 'lib/frontend/assets/scripts')
  return [
    { name: 'global.js', path: join(scripts, 'global-bundle.production.js') },
    { name: 'design-system.js', path: join(dirname(resolve('@adminjs/design-system')), '../bundle.production.js') },
    { name: 'app.js', path: join(scripts, 'app-bundle.production.js') },
  ]
}

const [boot, client] = BUNDLES
const ORDER = [boot, ...adminScripts(), client].flatMap((each) => each ?? [])

const missing = ORDER.filter(({ path }) => !existsSync(path))
if (missing.length > 0) {
  throw new Error(`${missing.map(({ path }) => path).join(', ')}: not there. Run npm run bundle.`)
}

/** Everything that the panel's client consists of. */
export const panelFiles: StaticFiles = staticFiles(
  '/app/client/',
  ORDER.map(({ name, path }) => ({ name, bytes: readFileSync(path) })),
)

/** Addresses of the scripts of a screen, in order. */
export const CLIENT_SCRIPTS: readonly string[] = ORDER.map(({ name }) => panelFiles.href(name))
