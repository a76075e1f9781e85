import type { Service } from '@onerouter/core'
import type { Provider } from './spec.ts'
import { stripe } from './stripe/index.ts'

/** Every provider there is; credentials keep their own shape, because each provider parses its own. */
export const providers: readonly Provider[] = [stripe]

export function providerNamed(name: Service): Provider | undefined {
  return providers.find((provider) => provider.name === name)
}
