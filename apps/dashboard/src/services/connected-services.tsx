'use client'

import type { ServiceListItem } from 'onerouter'
import { useCallback, useState } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { usePolled } from '../ui/use-polled.ts'

/** Which providers this environment reaches, and a way to connect the sandbox's. */
export function ConnectedServices() {
  const { client, environment } = useSigned()
  const load = useCallback(() => client.services.list(), [client])
  const { value, problem, refresh } = usePolled(load)
  const [connecting, setConnecting] = useState<string | null>(null)
  const [refused, setRefused] = useState<string | null>(null)

  async function connect(service: ServiceListItem) {
    setConnecting(service.serviceName)
    setRefused(null)
    try {
      await client.services.saveCredentials(service.serviceName, { environment: 'test', sandbox: true })
      refresh()
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error))
    }
    setConnecting(null)
  }

  return (
    <Card title="Services">
      <ul className="divide-y divide-line text-sm">
        {(value?.data ?? []).map((service) => {
          const state = service.credentials[environment]
          const canTry = environment === 'test' && !state.configured && service.capabilities.length > 0
          return (
            <li key={service.serviceName} className="flex min-h-13 items-center gap-3 px-4 py-2 sm:px-5">
              <span
                className={`size-2 shrink-0 rounded-full ${state.configured ? 'bg-good' : 'bg-line'}`}
                aria-hidden="true"
              />
              <span className="font-medium">{PROVIDER_NAMES[service.serviceName]}</span>
              <span className="ml-auto text-muted">
                {state.configured
                  ? state.sandbox
                    ? 'Sandbox'
                    : (state.hint ?? 'Connected')
                  : canTry
                    ? ''
                    : 'Not connected'}
              </span>
              {canTry && (
                <button
                  type="button"
                  disabled={connecting !== null}
                  onClick={() => connect(service)}
                  className={buttonStyle('plain')}
                >
                  {connecting === service.serviceName ? 'Connecting…' : 'Use sandbox'}
                </button>
              )}
            </li>
          )
        })}
        {value === null && problem === null && <li className="px-5 py-6 text-center text-muted">Loading…</li>}
      </ul>
      {(refused ?? problem) !== null && (
        <div className="px-4 pb-4">
          <Notice kind="bad">{refused ?? problem}</Notice>
        </div>
      )}
    </Card>
  )
}
