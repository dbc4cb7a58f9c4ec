// dependency-cruiser's swc parser knows TypeScript but not JSX, and its other parser does not take TypeScript 7:
// .tsx files are parsed as what they are.
const swc = require('@swc/core')
const parseFileSync = swc.parseFileSync
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('x') })

/** Who may import whom: the floors of docs/ARCHITECTURE.md. Imports go downward only; no circles. */
const FLOORS = {
  domain: '^src/domain/',
  emails: '^emails/',
  ground: '^src/(config|deadline|errors|listen|log|metrics|shutdown|static-files|version)\\.ts$',
  adapters: '^src/(db|stripe|mail|secrets|embedded)/',
  context: '^src/context\\.ts$',
  useCases: '^src/(accounts|recovery|diagnostics)/',
  jobs: '^jobs/',
  admin: '^admin/',
  entrances: '^src/(web|commands)/|^src/(start|run-everything)\\.ts$',
}
const above = (...floors) => floors.map((floor) => FLOORS[floor]).join('|')

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    forbid('no-circles', 'Two files that need each other are one file, or three.', {}, { circular: true }),
    forbid(
      'domain-is-pure',
      'The domain takes plain values and imports no package.',
      { path: FLOORS.domain },
      { pathNot: FLOORS.domain },
    ),
    forbid(
      'emails-get-strings',
      'Templates import React Email only and get formatted strings.',
      { path: FLOORS.emails },
      { pathNot: `${FLOORS.emails}|node_modules/(react|@react-email|@types/react)/` },
    ),
    forbid(
      'ground-floor',
      '',
      { path: FLOORS.ground },
      { path: '^(src|jobs|admin|emails|migrations)/', pathNot: `${FLOORS.ground}|${FLOORS.domain}` },
    ),
    forbid(
      'adapters-apart',
      'db, stripe, mail, secrets and embedded never import each other.',
      { path: '^src/(db|stripe|mail|secrets|embedded)/' },
      { path: FLOORS.adapters, pathNot: '^src/$1/' },
    ),
    forbid(
      'adapters-downward',
      '',
      { path: FLOORS.adapters },
      { path: above('context', 'useCases', 'jobs', 'admin', 'entrances') },
    ),
    forbid('context-downward', '', { path: FLOORS.context }, { path: above('useCases', 'jobs', 'admin', 'entrances') }),
    forbid(
      'use-cases-apart',
      'Use cases of one subject import no other subject; diagnostics may import recovery.',
      { path: '^src/(accounts|recovery)/' },
      { path: FLOORS.useCases, pathNot: '^src/$1/' },
    ),
    forbid('diagnostics-apart', '', { path: '^src/diagnostics/' }, { path: '^src/accounts/' }),
    forbid(
      'use-cases-never-enqueue',
      'They return what became due; the floors above ring.',
      { path: FLOORS.useCases },
      { path: 'node_modules/(bullmq|ioredis)/' },
    ),
    forbid('use-cases-downward', '', { path: FLOORS.useCases }, { path: above('jobs', 'admin', 'entrances') }),
    forbid('jobs-downward', '', { path: FLOORS.jobs }, { path: above('admin', 'entrances') }),
    forbid(
      'admin-downward',
      'The bundle is made of pages, and by no process that runs.',
      { path: FLOORS.admin, pathNot: '^admin/bundle\\.ts$' },
      { path: FLOORS.entrances },
    ),
    forbid(
      'adminjs-behind-the-panel',
      'Whoever needs AdminJS asks admin/.',
      { pathNot: FLOORS.admin },
      { path: 'node_modules/(adminjs|@adminjs)/' },
    ),
    forbid(
      'rows-behind-the-adapter',
      'The panel reaches tables of tenants through the scoped adapter only: admin/tables names what it may see.',
      { path: FLOORS.admin, pathNot: '^admin/tables/' },
      { path: '^src/db/(models|queries)/', pathNot: '^src/db/models/row\\.ts$' },
    ),
    forbid(
      'migrations-alone',
      'A migration is frozen: it knows knex and nothing of ours.',
      { path: '^migrations/' },
      { path: '^(src|jobs|admin|emails)/' },
    ),
    forbid(
      'worker-without-panel',
      'AdminJS costs 160 MB: the worker never loads it.',
      { path: '^jobs/worker\\.ts$' },
      { path: 'node_modules/(adminjs|@adminjs)/', reachable: true },
    ),
    forbid('nothing-imports-tests', '', { path: '^(src|jobs|admin|emails|migrations)/' }, { path: '^test/' }),
    forbid(
      'nock-ends-with-its-file',
      'nock changes what all test files of a process share: test/support/nock.ts puts it back.',
      { pathNot: '^test/support/nock\\.ts$' },
      { path: 'node_modules/nock/' },
    ),
    forbid('resolvable', 'Every import resolves.', {}, { couldNotResolve: true }),
    forbid(
      'declared',
      'Every package used is in package.json.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    forbid(
      'runtime-is-declared',
      'What runs in production is no development dependency.',
      { path: '^(src|jobs|admin|emails|migrations)/', pathNot: '^admin/bundle\\.ts$' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
