import { readFileSync } from 'node:fs'

const { jest } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** `npm run test:browser`: transformed like every other test, with a product, simulators and a Chromium for each file. */
export default {
  ...jest,
  rootDir: '../..',
  roots: ['<rootDir>/test/browser'],
  testMatch: ['**/*.browser.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/browser/clear-shots.js',
  globalTeardown: undefined,
  maxWorkers: 2,
  testTimeout: 60_000,
}
