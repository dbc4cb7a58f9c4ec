import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isServed, staticFiles } from '../static-files.js'

const FOLDER = fileURLToPath(new URL('./assets/', import.meta.url))

/** The few files that our pages load, read once. */
export const assetFiles = staticFiles(
  '/assets/',
  readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isServed(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return { name: relative(FOLDER, path).split(sep).join('/'), bytes: readFileSync(path) }
    }),
)
