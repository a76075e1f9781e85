/** Every folder that people meet is explained in the map. */
import type { Finding } from './source.ts'

/** How deep the map goes, per top folder; elsewhere one level is enough. */
const depths: Readonly<Record<string, number>> = { packages: 2, apps: 2, test: 2, docs: 2, sdks: 2 }

export function checkMap(files: readonly string[], map: string): Finding[] {
  const folders = new Set<string>()
  for (const file of files) {
    const parts = file.split('/').slice(0, -1)
    const depth = depths[parts[0] ?? ''] ?? 1
    if (parts.length > 0) folders.add(parts.slice(0, depth).join('/'))
  }
  return [...folders]
    .filter((folder) => !map.includes(`\`${folder}\``) && !map.includes(`\`${folder}/\``))
    .map((folder) => ({ path: 'docs/internals/map.md', line: 1, message: `does not explain ${folder}/` }))
}
