import { ProviderParam, ProviderRequestBody, ProviderResponse } from '../resources/provider-request.ts'
import { defineRoutes } from './define.ts'

export const PROVIDER_REQUEST_ROUTES = defineRoutes({
  requestProvider: {
    method: 'POST',
    path: '/v1/providers/{provider}/requests',
    tag: 'Provider requests',
    summary: "Call a provider's own API with the account's credentials; reads and writes that move no money",
    scope: 'providers:write',
    params: ProviderParam,
    body: ProviderRequestBody,
    answer: { status: 200, schema: ProviderResponse },
    errors: [
      'not_found',
      'capability_unsupported',
      'environment_not_allowed',
      'service_not_allowed',
      'provider_not_configured',
      'provider_unavailable',
    ],
  },
})
