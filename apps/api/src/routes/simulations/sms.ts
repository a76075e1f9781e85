import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../../http/mount.ts'
import { accessForRow } from '../../sms/access.ts'
import { refreshMessage } from '../../sms/apply-message.ts'
import type { Sms } from '../../sms/ports.ts'
import { presentSms } from '../../sms/present.ts'
import { ownSms } from '../sms/index.ts'
import { publicCredential, refusedBySandbox, type SandboxControl, sandboxFor } from './drive.ts'

/** Does what the phone network would do with a message. Test environment and sandbox only. */
export function smsSimulations(app: FastifyInstance, sms: Sms, sandbox: SandboxControl | null): void {
  mount(app, 'simulateSms', async ({ params, principal }) => {
    const drive = sandboxFor(sandbox, principal)
    const row = await ownSms(sms, principal, params.id)
    const access = await accessForRow(sms, row)
    if (access === null || !access.credential.sandbox || row.provider_message_id === null) {
      throw new ApiError('environment_not_allowed', 'This message does not run on the provider sandbox.')
    }
    const message = encodeURIComponent(row.provider_message_id)
    const path = `/simulations/${row.provider}/${message}/${encodeURIComponent(params.action)}`
    const answer = await drive('POST', path, { credential: publicCredential(access.credential.credentials) })
    if (answer.status >= 400) throw refusedBySandbox(answer)
    const now = await refreshMessage(sms, row)
    if (now === null) throw new ApiError('provider_unavailable', 'The sandbox does not answer.')
    return { status: now.status, sms: presentSms(now) }
  })
}
