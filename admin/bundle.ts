import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/**
 * `npm run bundle`: makes what the panel's client runs, in `bundles/` beside this file; `npm run bundle -- FOLDER` in
 * another. React and AdminJS are in AdminJS's own bundles, which are loaded before it.
 */
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const GLOBALS: Record<string, string> = { react: 'React', 'react-dom': 'ReactDOM' }
const fromGlobals: Plugin = {
  name: 'from-globals',
  setup(bundle) {
    bundle.onResolve({ filter: /^react(-dom)?$/ }, ({ path }) => ({ path, namespace: 'globals' }))
    bundle.onLoad({ filter: /.*/, namespace: 'globals' }, ({ path }) => ({
      contents: `module.exports = window.${GLOBALS[path]}`,
    }))
  },
}

await build({
  entryPoints: [at('../src/web/client/boot.ts'), at('../src/web/client/client.tsx')],
  outdir: process.argv[2] ?? at('./bundles'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  jsx: 'transform',
  jsxFactory: 'React.createElement',
  jsxFragment: 'React.Fragment',
  plugins: [fromGlobals],
  logLevel: 'warning',
})
