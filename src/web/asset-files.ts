import { fileURLToPath } from 'node:url'
import { filesIn, staticFiles } from '../static-files.js'

/** The few files that our pages load, read once. */
export const assetFiles = staticFiles('/assets/', filesIn(fileURLToPath(new URL('./assets/', import.meta.url))))
