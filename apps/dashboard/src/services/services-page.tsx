'use client'

import type { Environment, Readiness, ServiceListItem } from 'onerouter'
import { useCallback, useState } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { HEALTH, type Health } from '../routing/health.ts'
import { within } from '../session/client.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { CredentialCard } from './credential-card.tsx'
import { EnvImport } from './env-import.tsx'

/** Whether the API knows an adapter for it: without one there is nothing to connect. */
const canConnect = ({ fields }: ServiceListItem): boolean => fields.length > 0

/** The providers of this account: their credentials, how they are, and which environment is in force. */
export function ServicesPage() {
  const { client, environment } = useSigned()
  const load = useCallback(async () => {
    const [services, live, observed] = await Promise.all([
      client.services.list(),
      client.services.canGoLive(),
      client.routing.observations({ environment }),
    ])
    return { services: services.data, live, health: observed.health }
  }, [client, environment])
  const { value, problem, refresh } = usePolled(load)
  const [importing, setImporting] = useState(false)
  return (
    <>
      <PageHeader
        title="Services"
        text="Credentials are checked with the provider when they are saved, stored encrypted, and never shown again."
      >
        <button type="button" className={buttonStyle('plain')} onClick={() => setImporting(true)}>
          Import a .env file
        </button>
      </PageHeader>
      <EnvImport open={importing} onClose={() => setImporting(false)} onDone={refresh} />
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <div className="grid gap-6">
          <GoLive
            message={value.live.message}
            services={value.services}
            ready={value.live.canGoLive}
            onDone={refresh}
          />
          {value.services.filter(canConnect).map((service) => (
            <ServiceCard
              key={service.serviceName}
              service={service}
              readiness={value.live.services.find(({ serviceName }) => serviceName === service.serviceName)}
              health={value.health.find(({ provider }) => provider === service.serviceName)?.state}
              onDone={refresh}
            />
          ))}
        </div>
      )}
    </>
  )
}

const other = (environment: Environment): Environment => (environment === 'live' ? 'test' : 'live')
const CONSEQUENCE = {
  live: 'Requests under live keys reach the real provider from now on, and move real money.',
  test: 'Requests under live keys reach the provider’s test side from now on; no real money moves.',
} as const satisfies Record<Environment, string>

function GoLive(props: {
  readonly message: string
  readonly ready: boolean
  readonly services: readonly ServiceListItem[]
  readonly onDone: () => void
}) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const allLive = props.services
    .filter(({ configured }) => configured)
    .every((one) => one.environment === 'live')
  const target: Environment = allLive ? 'test' : 'live'
  const change = async () => {
    const sure = await ask({
      title: `Switch all services to ${target}?`,
      text: CONSEQUENCE[target],
      confirm: `Switch all to ${target}`,
      danger: target === 'live',
    })
    if (sure)
      await run(
        () => client.services.switchAllEnvironments(target, within('live')),
        `All switched to ${target}.`,
      )
    props.onDone()
  }
  return (
    <Card title="Going live">
      <div className="flex flex-wrap items-center gap-4 px-4 py-4 text-sm sm:px-5">
        <Badge tone={props.ready ? 'good' : 'calm'}>{props.ready ? 'Ready' : 'Not ready'}</Badge>
        <p className="min-w-0 flex-1 basis-60 break-words text-muted">{props.message}</p>
        <button
          type="button"
          disabled={busy || (target === 'live' && !props.ready)}
          onClick={change}
          className={buttonStyle('plain')}
        >
          Switch all to {target}
        </button>
      </div>
    </Card>
  )
}

interface ServiceCardProps {
  readonly service: ServiceListItem
  readonly readiness: Readiness | undefined
  /** Of its calls in the environment that is shown; none for what takes no payments. */
  readonly health: Health | undefined
  readonly onDone: () => void
}

function ServiceCard({ service, readiness, health, onDone }: ServiceCardProps) {
  const { serviceName, environment } = service
  const target = other(environment)
  const missing = !service.credentials[target].configured
  // Its first blocker would be the missing credentials, in words for programs.
  const blockers = target === 'live' && !missing ? (readiness?.blockers ?? []) : []
  return (
    <Card
      title={PROVIDER_NAMES[serviceName]}
      action={
        <div className="flex flex-wrap items-center gap-3">
          {health !== undefined && service.configured && (
            <Badge tone={HEALTH[health][0]}>{HEALTH[health][1]}</Badge>
          )}
          <Badge tone={environment === 'live' ? 'wait' : 'good'}>
            {environment === 'live' ? 'Live in force' : 'Test in force'}
          </Badge>
          <SwitchButton service={service} off={missing || blockers.length > 0} onDone={onDone} />
        </div>
      }
    >
      {missing && (
        <p className="px-4 pt-4 text-sm text-muted sm:px-5">
          Connect {target} credentials before you can switch to {target}.
        </p>
      )}
      {[...blockers, ...(readiness?.warnings ?? [])].map((text) => (
        <p key={text} className="px-4 pt-3 text-sm text-wait sm:px-5">
          {text}
        </p>
      ))}
      <div className="grid gap-4 p-4 sm:p-5 md:grid-cols-2">
        <CredentialCard service={service} environment="test" onDone={onDone} />
        <CredentialCard service={service} environment="live" onDone={onDone} />
      </div>
    </Card>
  )
}

/** To the environment that is not in force, after a question. */
function SwitchButton(props: {
  readonly service: ServiceListItem
  readonly off: boolean
  readonly onDone: () => void
}) {
  const { serviceName, environment } = props.service
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const name = PROVIDER_NAMES[serviceName]
  const target = other(environment)
  const change = async () => {
    const sure = await ask({
      title: `Switch ${name} to ${target}?`,
      text: CONSEQUENCE[target],
      confirm: `Switch to ${target}`,
      danger: target === 'live',
    })
    if (sure)
      await run(
        () => client.services.switchEnvironment(serviceName, target, within('live')),
        `${name} is ${target} now.`,
      )
    props.onDone()
  }
  return (
    <button type="button" disabled={busy || props.off} onClick={change} className={buttonStyle('plain')}>
      Switch to {target}
    </button>
  )
}
