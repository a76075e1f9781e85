'use client'

import type { RoutingStrategy, RoutingUse, Service } from 'onerouter'
import { useState } from 'react'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from '../payments/provider-names.ts'
import { Check, Field, Select } from '../ui/field.tsx'
import { choice } from '../ui/given.ts'
import { PlacedField, type ProblemAt } from './placed-field.tsx'
import { FALLBACKS, fallbackOf, STRATEGIES } from './rule-texts.ts'

const STRATEGY_NAMES = {
  order: 'A fixed order',
  split: 'A split of the volume',
  least_cost: 'The lowest real fees',
  success_rate: 'The highest success rate',
} as const satisfies Record<RoutingStrategy, string>
const FALLBACK_NAMES = {
  everybody: 'Everybody else who can',
  nobody: 'Nobody',
  these: 'These, in this order',
} as const satisfies Record<(typeof FALLBACKS)[number], string>
const PLACES = ['First', 'Second', 'Third'] as const

interface UseFieldsProps {
  readonly use: RoutingUse
  /** What is wrong at `/strategy`, `/weights`, … of it. */
  readonly problem: ProblemAt
}

/** Whom the payments go to. The fields that a strategy has no use for are not there. */
export function UseFields({ use, problem }: UseFieldsProps) {
  const [strategy, setStrategy] = useState(use.strategy)
  const [fallback, setFallback] = useState(fallbackOf(use))
  return (
    <>
      <Select
        label="Decided by"
        name="strategy"
        value={strategy}
        onChange={({ target }) => setStrategy(choice(STRATEGIES, target.value) ?? 'order')}
        options={STRATEGIES.map((one) => [one, STRATEGY_NAMES[one]])}
        problem={problem('/strategy')}
      />
      <Strategy use={use} strategy={strategy} problem={problem} />
      <Select
        label="Who comes after them"
        name="fallback"
        value={fallback}
        onChange={({ target }) => setFallback(choice(FALLBACKS, target.value) ?? 'everybody')}
        options={FALLBACKS.map((one) => [one, FALLBACK_NAMES[one]])}
        hint="Asked in this order when the first cannot take the payment, or took nothing."
      />
      {fallback === 'these' && (
        <Order name="after" services={use.fallback ?? []} problem={problem('/fallback')} />
      )}
    </>
  )
}

function Strategy({ use, strategy, problem }: UseFieldsProps & { readonly strategy: RoutingStrategy }) {
  if (strategy === 'order')
    return <Order name="place" services={use.providers ?? []} problem={problem('/providers')} />
  if (strategy === 'split') {
    return (
      <div className="grid grid-cols-3 gap-x-4">
        {PAYMENT_PROVIDERS.map((provider, place) => (
          <Field
            key={provider}
            label={PROVIDER_NAMES[provider]}
            name={`weight-${provider}`}
            type="number"
            min={0}
            max={10_000}
            defaultValue={use.weights?.find((one) => one.provider === provider)?.weight ?? 0}
            hint={place === 0 ? 'Shares; 0 leaves it out' : undefined}
            problem={place === 0 ? problem('/weights') : undefined}
          />
        ))}
      </div>
    )
  }
  return (
    <>
      <fieldset className="mt-4">
        <legend className="text-sm font-medium">Among</legend>
        {PAYMENT_PROVIDERS.map((provider) => (
          <Check
            key={provider}
            name={`among-${provider}`}
            label={PROVIDER_NAMES[provider]}
            defaultChecked={use.providers?.includes(provider) ?? true}
          />
        ))}
      </fieldset>
      <div className="grid grid-cols-2 gap-x-4">
        <PlacedField
          at="/min_samples"
          label="Observations needed"
          type="number"
          min={10}
          max={10_000}
          placeholder="50"
          defaultValue={use.minSamples ?? ''}
          problem={problem}
        />
        <PlacedField
          at="/explore_percent"
          label="Percent to explore"
          type="number"
          min={0}
          max={50}
          placeholder="5"
          defaultValue={use.explorePercent ?? ''}
          problem={problem}
        />
      </div>
    </>
  )
}

/** Services by place: a choice for each. */
function Order(props: {
  readonly name: string
  readonly services: readonly Service[]
  readonly problem: string | undefined
}) {
  const { name, services, problem } = props
  return (
    <div className="grid grid-cols-3 gap-x-4">
      {PLACES.map((label, place) => (
        <Select
          key={label}
          label={label}
          name={`${name}-${place + 1}`}
          defaultValue={services[place] ?? ''}
          options={[['', '–'], ...providerOptions(PAYMENT_PROVIDERS)]}
          problem={place === 0 ? problem : undefined}
        />
      ))}
    </div>
  )
}
