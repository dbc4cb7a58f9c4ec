import { afterAll } from '@jest/globals'
import nock from 'nock'

/**
 * nock, for one test file. It changes `http` and `Headers`, which all files of a Jest process share: left in place, each
 * file's changes would lie on those of the files before it, call into their ended worlds and keep them in memory.
 */
afterAll(() => nock.restore())

export default nock
