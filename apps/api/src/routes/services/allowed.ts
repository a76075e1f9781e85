import { ApiError, type Environment, type Service } from '@onerouter/core'
import type { Principal } from '../../http/principal.ts'

/** @throws ApiError service_not_allowed when the key is restricted to other services. */
export function assertService(principal: Principal, service: Service): void {
  if (principal.services === null || principal.services.has(service)) return
  throw new ApiError('service_not_allowed', `The key ${principal.hint} may not use ${service}.`)
}

/**
 * A test key is often shared and never guards money: it cannot touch what live payments depend on.
 * @throws ApiError environment_not_allowed
 */
export function assertEnvironment(principal: Principal, environment: Environment): void {
  if (environment === 'test' || principal.environment === 'live') return
  throw new ApiError('environment_not_allowed', 'A test key may not change the live environment.')
}
