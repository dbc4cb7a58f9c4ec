import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

/* What docs/deploy names is not run by any test: at least it is there, and says the same everywhere. */

const read = (name: string) => readFileSync(`docs/deploy/${name}`, 'utf8')
const UNITS = readdirSync('docs/deploy').filter((name) => name.endsWith('.service'))
const [whole, common] = [read('secondloop.service'), read('secondloop-.service.d/common.conf')]
const FILES = [...UNITS, 'Dockerfile', 'compose.yaml', 'README.md']

/** Our build's files that a text names, such as `dist/jobs/worker.js`. */
const builtIn = (text: string) => [...text.matchAll(/dist\/[\w/-]+\.js/g)].map(([path]) => path)

describe('the files for running it elsewhere', () => {
  it.each(FILES)('start what the build makes: %s', (file) => {
    const source = (path: string) => path.replace('dist/', '').replace(/js$/, 'ts')
    expect(builtIn(read(file)).filter((path) => !existsSync(source(path)))).toEqual([])
  })

  it('start what the Procfile starts', () => {
    const wanted = builtIn(readFileSync('Procfile', 'utf8')).sort()
    const apart = UNITS.filter((name) => name !== 'secondloop.service')
    expect(apart.flatMap((name) => builtIn(read(name))).sort()).toEqual(wanted)
    expect(builtIn(read('compose.yaml')).sort()).toEqual(wanted)
  })

  it('leave every process the time that its stop may take', () => {
    const [, ms = ''] = /LONGEST_STOP_MS = ([\d_]+)/.exec(readFileSync('src/shutdown.ts', 'utf8')) ?? []
    const given = [whole, common, read('compose.yaml')].map((text) =>
      Number(/^ *(?:TimeoutStopSec=|stop_grace_period: )(\d+)/m.exec(text)?.[1]),
    )
    for (const seconds of given) expect(seconds * 1_000).toBeGreaterThan(Number(ms.replaceAll('_', '')))
  })

  it('close the same doors to one process and to several', () => {
    const doors = (text: string) => text.match(/^Protect[\s\S]*^SystemCallErrorNumber=.*$/m)?.[0]
    expect(doors(whole)).toContain('NoNewPrivileges=true')
    expect(doors(common)).toBe(doors(whole))
  })

  it('build the image from every folder that the build compiles, and from nothing that is kept out', () => {
    const { include } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8'))
    const copied = [...read('Dockerfile').matchAll(/^COPY (\w+) \.\/\1$/gm)].map(([, folder]) => folder)
    expect(copied.sort()).toEqual([...include].sort())
    for (const folder of include) expect(read('Dockerfile.dockerignore')).toContain(`\n!${folder}\n`)
    expect(read('Dockerfile')).not.toMatch(/^(?:COPY|ADD) \.|_KEY|SECRET|PASSWORD/m)
  })

  it('set variables that the program reads', () => {
    const config = readFileSync('src/config.ts', 'utf8')
    const units = [...UNITS.map(read), common].flatMap((text) => [...text.matchAll(/^Environment=([A-Z_]+)=/gm)])
    const blocks = [...read('README.md').matchAll(/^```ini\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '')
    const lines = blocks.flatMap((block) => [...block.matchAll(/^([A-Z_]+)=/gm)])
    const composed = read('compose.yaml').matchAll(/^ {2,6}([A-Z_]+): /gm)
    const names = [...units, ...lines, ...composed].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(10)
    // Postgres's own, which compose.yaml gives to its container.
    const others = names.filter((name) => !name.startsWith('POSTGRES_') && !config.includes(`${name}:`))
    expect(others).toEqual([])
  })
})
