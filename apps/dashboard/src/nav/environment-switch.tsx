import type { Environment } from '../session/client.ts'

const ENVIRONMENTS: readonly {
  readonly value: Environment
  readonly label: string
  readonly chosen: string
}[] = [
  { value: 'test', label: 'Test', chosen: 'bg-good-fill text-good' },
  { value: 'live', label: 'Live', chosen: 'bg-wait-fill text-wait' },
]

export function EnvironmentSwitch({
  environment,
  onChange,
}: {
  readonly environment: Environment
  readonly onChange: (environment: Environment) => void
}) {
  return (
    <fieldset className="flex rounded-full border border-line p-0.5 text-sm">
      <legend className="sr-only">Environment</legend>
      {ENVIRONMENTS.map(({ value, label, chosen }) => (
        <label
          key={value}
          className={`cursor-pointer rounded-full px-3 py-0.5 font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent ${
            value === environment ? chosen : 'text-muted hover:text-ink'
          }`}
        >
          <input
            type="radio"
            name="environment"
            className="sr-only"
            checked={value === environment}
            onChange={() => onChange(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
