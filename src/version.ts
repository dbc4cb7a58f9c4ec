import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Of source and of the build, which lies one folder deeper. */
const [path] = ['../package.json', '../../package.json']
  .map((each) => fileURLToPath(new URL(each, import.meta.url)))
  .filter((each) => existsSync(each))

/** This program's own version, as its package names it. */
export const VERSION: string = path ? JSON.parse(readFileSync(path, 'utf8')).version : 'unknown'
