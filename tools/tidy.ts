/** The house's own rules, those that no general tool knows. A rule that nobody enforces is not in STYLE.md. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedFiles } from './gen.ts'
import { checkGlobals } from './tidy/globals.ts'
import { checkImports } from './tidy/imports.ts'
import { checkLock } from './tidy/lock.ts'
import { checkMap } from './tidy/map.ts'
import { checkFileSize, checkFunctionSize } from './tidy/size.ts'
import { type Finding, makeSource } from './tidy/source.ts'
import { checkWords } from './tidy/words.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const largestFile = 1_000_000

/** What git has, and what it would take: ignored files are nobody's business. */
function listFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    timeout: 60_000,
  })
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`)
  return listed.stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
}

function checkFile(path: string): Finding[] {
  const text = readFileSync(join(root, path), 'utf8')
  if (text.length > largestFile || text.includes('\0')) return []
  const source = makeSource(path, text)
  const findings = path === 'package-lock.json' ? checkLock(text) : checkWords(source)
  if (!/\.(ts|tsx|mjs)$/.test(path)) return findings
  findings.push(...checkImports(source), ...checkGlobals(source))
  if (!generatedFiles.includes(path)) findings.push(...checkFileSize(source), ...checkFunctionSize(source))
  return findings
}

const files = listFiles()
const map = readFileSync(join(root, 'docs/internals/map.md'), 'utf8')
const findings = [...files.flatMap(checkFile), ...checkMap(files, map)]
for (const { path, line, message } of findings) console.log(`${path}:${line}  ${message}`)
console.log(findings.length === 0 ? `${files.length} files tidy` : `${findings.length} finding(s)`)
process.exitCode = findings.length === 0 ? 0 : 1
