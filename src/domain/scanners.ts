/**
 * What names a program in a user agent that passes for a browser's otherwise: scanners of mail gateways, previews of
 * chats and mail programs, image proxies, crawlers, browsers without a window. What does not even look like a browser
 * needs no list. Parts of regular expressions, without regard to case.
 *
 * Avast, AVG and Norton are missing on purpose, and so are in-app browsers: people use them.
 *
 * Collected in November 2026: the words were chosen on the 2,118 user agents of crawler-user-agents 1.60.0 (npm), of which
 * they and the missing engine give away 97 %, and on the 952 browsers of user-agents 2.1.198 (npm), of which they take
 * none for a program. The gateways are those of campus.barracuda.com and suped.com, as secondary sources.
 */
export const SCANNER_WORDS: readonly string[] = [
  // In general. Cubot makes phones.
  ...['(?<!cu)bot', 'crawl', 'spider', 'scan', 'scrap', 'preview', 'proxy', 'fetch', 'linkcheck', 'monitor', 'inspect'],
  // An address, where the program tells of itself.
  ...['https?:', 'www\\.', '\\.com\\b', '@[a-z]'],
  // Browsers without a window, or led by a program.
  ...['headless', 'lighthouse', 'phantomjs', 'playwright', 'puppeteer', 'selenium', 'synthetic', 'ptst/'],
  // Mail gateways, and those whom they ask.
  ...['barracuda', 'fireeye', 'ironport', 'messagelabs', 'mimecast', 'proofpoint', 'safelinks', 'virustotal'],
]
