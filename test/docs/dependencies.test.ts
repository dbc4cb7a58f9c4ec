import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const lock: Record<string, { resolved?: string; integrity?: string }> = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
).packages
const document = readFileSync('docs/SECURITY.md', 'utf8')

describe('dependencies', () => {
  it.each(Object.entries<string>({ ...dependencies, ...optionalDependencies }))(
    'are one exact version each, told with the reason: %s',
    (name, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
      const lines = document.split('\n').filter((line) => line.includes(`\`${name}\``) && line.includes(version))
      expect(lines).toHaveLength(1)
    },
  )

  it.each(Object.keys(devDependencies))('for building and testing are told too: %s', (name) => {
    expect(document).toContain(`\`${name}\``)
  })

  it('come from the npm registry, each with the sum of its bytes', () => {
    const packages = Object.entries(lock).filter(([path]) => path !== '')
    expect(packages.length).toBeGreaterThan(100)
    const others = packages.filter(
      ([, { resolved, integrity }]) =>
        !integrity?.startsWith('sha512-') || (resolved && !resolved.startsWith('https://registry.npmjs.org/')),
    )
    expect(others.map(([path]) => path)).toEqual([])
  })
})
