import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { readConfig } from '../../src/config.js'

/* A command in a document works, because something runs it: what, is said here. */

const markdownIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
const DOCUMENTS = ['README.md', ...markdownIn('docs'), ...markdownIn('docs/deploy'), ...markdownIn('.github')]

/** By which file each is run, and the words there that do. */
const RUN_BY: Record<string, readonly [file: string, trace: string]> = {
  '.ci/run': ['.github/workflows/ci.yml', 'run: .ci/run'],
  'cp data/secret-key new/': ['test/e2e/backup.test.ts', "copyFile(join(dataDir('here'), 'secret-key')"],
  'mkdir new': ['test/e2e/backup.test.ts', "dataDir('there')"],
  'npm ci': ['.ci/run', 'npm ci'],
  'npm run audit': ['test/e2e/commands.test.ts', "run('audit'"],
  'npm run backup': ['test/e2e/commands.test.ts', "run('backup'"],
  'npm run build': ['.ci/run', 'npm run build'],
  'npm run bundle': ['package.json', '"test": "npm run -s bundle'],
  'npm run check': ['.ci/run', 'npm run check'],
  'npm run demo': ['.ci/run', 'npm run demo'],
  'npm run diagnose': ['test/e2e/commands.test.ts', "runScript('diagnose'"],
  'npm run format': ['package.json', '"check": "biome check'],
  'npm run fuzz': ['test/fuzz/fuzz.test.ts', 'runTarget('],
  'npm run owner:address': ['test/e2e/commands.test.ts', "run('owner:address'"],
  'npm run restore': ['test/e2e/commands.test.ts', "run('restore'"],
  'npm run secrets:rewrap': ['test/e2e/commands.test.ts', "run('secrets:rewrap'"],
  'npm run sign-in:link': ['test/e2e/commands.test.ts', "run('sign-in:link'"],
  'npm run test:browser': ['.ci/run', 'npm run test:browser'],
  'npm run workspace:create': ['test/e2e/commands.test.ts', "run('workspace:create'"],
  'npm start': ['.ci/run', 'npm start'],
  'npm test': ['.ci/run', 'npm test'],
  'npx jest test/domain/money.test.ts': ['package.json', 'jest --testPathIgnorePatterns'],
  'openssl rand -base64 32': ['test/docs/commands.test.ts', "execFileSync('openssl'"],
}

/** Begins such a command: nothing runs it, for the reason, and its document says so. */
const NOT_RUN: Record<string, string> = {
  'cp docs/deploy/secondloop.service ': 'it copies to where a running systemd looks',
  'cp -r docs/deploy/secondloop-.service.d ': 'it copies to where a running systemd looks',
  'docker ': 'it needs a Docker that can fetch images',
  'npm run bench': 'it takes minutes, and its figures need a quiet machine',
  'npm run drills': 'it takes minutes',
  'systemctl ': 'it needs a running systemd',
  'systemd-run ': 'it needs a running systemd',
  'useradd ': 'it changes the machine',
}

interface Found {
  readonly document: string
  readonly command: string
}

/** Commands in blocks marked `sh`, without variables before them and npm's `-s`. `export` is none. */
function commandsIn(document: string, text = readFileSync(document, 'utf8')): Found[] {
  const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, block]) => block ?? '')
  const commands = blocks
    .flatMap((block) => block.split(/\n|&&/))
    .map((line) => line.trim().replace(/^(?:[A-Z_]+=(?:'[^']*'|\S*)\s+)+/, ''))
    .map((line) => line.replace(/^npm run -s /, 'npm run '))
    .filter((line) => line !== '' && !/^(?:export|#)/.test(line))
  return commands.map((command) => ({ document, command }))
}

const notRun = (command: string) => Object.keys(NOT_RUN).find((start) => `${command} `.startsWith(start))
const found = DOCUMENTS.flatMap((document) => commandsIn(document))

describe('commands in documents', () => {
  it('are each run by a test or a script, or said not to be', () => {
    expect(found.filter(({ command }) => !RUN_BY[command] && !notRun(command))).toEqual([])
  })

  it.each(Object.entries(RUN_BY))('are run where it is said: %s', (_, [file, trace]) => {
    expect(readFileSync(file, 'utf8')).toContain(trace)
  })

  it('that nothing runs are named in their document as not run', () => {
    for (const { document, command } of found.filter((each) => notRun(each.command))) {
      const name = /^npm run \S+|^\S+/.exec(command)?.[0]
      expect(readFileSync(document, 'utf8')).toMatch(new RegExp(`\`${name}\`[^.]*\\bnot\\s+run\\b`))
    }
  })

  it('that name a script of package.json name one that is there, and is accounted for', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const texts = DOCUMENTS.map((document) => readFileSync(document, 'utf8'))
    const named = texts.flatMap((text) =>
      [...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) => name ?? ''),
    )
    expect(named.length).toBeGreaterThan(30)
    const isKnown = (name: string) => scripts[name] && (RUN_BY[`npm run ${name}`] || notRun(`npm run ${name}`))
    expect(named.filter((name) => !isKnown(name))).toEqual([])
  })

  it('are in blocks that say what they are', () => {
    const marks = DOCUMENTS.flatMap((document) => [
      ...readFileSync(document, 'utf8').matchAll(/^ *```(.*)\n[\s\S]*?^ *```/gm),
    ])
    expect([...new Set(marks.map(([, mark]) => mark))].sort()).toEqual(['ini', 'sh', 'sql'])
  })

  it('are all found: after variables, side by side, and in a list', () => {
    const text = "```sh\nexport A=b\nA='b c' D=e npm run -s new:one && npm ci\n```\n1. x\n\n   ```sh\n   rm x\n   ```\n"
    expect(commandsIn('', text).map(({ command }) => command)).toEqual(['npm run new:one', 'npm ci', 'rm x'])
  })

  it('make a key that is taken', () => {
    const made = execFileSync('openssl', ['rand', '-base64', '32'], { encoding: 'utf8' }).trim()
    expect(readConfig({ SECRET_KEY: made }).secretKey).toHaveLength(32)
  })
})
