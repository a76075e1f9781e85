/** What is under `deploy`, judged by the tools it is written for. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const WITHIN_MS = 60_000

const here = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0
const tools = {
  schemas: here('check-jsonschema', '--version'),
  hadolint: here('hadolint', '--version'),
  helm: here('python3', '-c', 'import helm_python') && here('kubernetes-validate', '--version'),
}
for (const [name, present] of Object.entries(tools)) {
  if (!present)
    console.warn(`SKIPPED: ${name} on deploy/ (pip install -r .ci/witnesses.txt, in an environment)`)
}

/** What it says, or nothing when it is content. */
function verdict(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: WITHIN_MS,
  })
  return status === 0 ? '' : `${program} ${args.join(' ')}\n${stdout}${stderr}`
}

describe.skipIf(!tools.schemas)('by their schemas', () => {
  test.each([
    ['compose-spec', 'deploy/compose.yaml'],
    ['github-workflows', '.github/workflows/ci.yml'],
    ['github-workflows', '.github/workflows/release.yml'],
    ['github-issue-forms', '.github/ISSUE_TEMPLATE/bug.yml'],
    ['github-issue-forms', '.github/ISSUE_TEMPLATE/feature.yml'],
  ])('%s: %s', (schema, file) => {
    expect(verdict('check-jsonschema', '--builtin-schema', `vendor.${schema}`, file)).toBe('')
  })
})

test.skipIf(!tools.hadolint).each(['api', 'dashboard'])(
  'hadolint has nothing to say about %s.Dockerfile',
  (name) => {
    expect(verdict('hadolint', '--failure-threshold', 'info', `deploy/docker/${name}.Dockerfile`)).toBe('')
  },
)

const REQUIRED = { publicUrl: 'https://api.example.com', frontendUrl: 'https://dashboard.example.com' }
const EVERYTHING = {
  ...REQUIRED,
  imagePullSecrets: [{ name: 'registry' }],
  extraEnv: { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: 'pk_test_x', OTEL_SERVICE_NAME: 'shop' },
  api: { autoscaling: { enabled: false } },
  ingress: { enabled: true, className: 'nginx', tlsSecret: 'tls', annotations: { 'example.com/a': 'b' } },
  serviceMonitor: { enabled: true },
}
/** `kubeVersion` of the chart, and the newest that the tool knows. */
const KUBERNETES = ['1.27', '1.37']

describe.skipIf(!tools.helm)('the chart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onerouter-chart-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function rendered(values: object): { readonly findings: string[]; readonly documents: readonly string[] } {
    const chart = join(ROOT, 'deploy/helm/onerouter')
    const script = join(ROOT, 'test/deploy/render_chart.py')
    const { stdout, stderr } = spawnSync('python3', [script, chart, JSON.stringify(values)], {
      encoding: 'utf8',
      timeout: WITHIN_MS,
    })
    if (stdout === '') throw new Error(stderr)
    const { findings, manifests } = JSON.parse(stdout) as {
      findings: string[]
      manifests: Record<string, string>
    } // written by the script
    const documents = Object.entries(manifests)
      .filter(([name]) => name.endsWith('.yaml'))
      .flatMap(([, text]) => text.split(/^---$/m))
      .filter((text) => text.trim() !== '')
    return { findings, documents }
  }

  test.each([
    ['as it comes', REQUIRED, 8],
    ['with everything switched on', EVERYTHING, 9],
  ])('%s is rendered by Helm into what Kubernetes accepts', (name, values, count) => {
    const { findings, documents } = rendered(values)
    expect(findings).toEqual([])
    expect(documents.length).toBeGreaterThanOrEqual(count)
    // A resource of the Prometheus operator: its schema is its operator's, not Kubernetes'.
    const standard = documents.filter((text) => !text.includes('monitoring.coreos.com'))
    const file = join(folder, `${name.replaceAll(' ', '-')}.yaml`)
    writeFileSync(file, standard.join('\n---\n'))
    for (const version of KUBERNETES) {
      expect(verdict('kubernetes-validate', '--strict', '--kubernetes-version', version, file)).toBe('')
    }
  })

  test('without the addresses it needs, it says which', () => {
    expect(() => rendered({})).toThrow(/publicUrl is the https address of the API/)
  })
})
