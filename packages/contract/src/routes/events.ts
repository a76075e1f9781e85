import { Event, EventList, EventListQuery, EventStreamQuery } from '../resources/event.ts'
import {
  Anything,
  IdempotencyKeyField,
  IdParam,
  NullableString,
  ServiceSchema,
  Strict,
  Type,
} from '../schema.ts'
import { defineRoutes } from './define.ts'

const SimulationParam = Strict({ id: Type.String(), action: Type.String() })
const SimulationBody = Strict({ idempotency_key: IdempotencyKeyField })

export const EVENT_ROUTES = defineRoutes({
  listEvents: {
    method: 'GET',
    path: '/v1/events',
    tag: 'Events',
    summary: 'List events, newest first',
    scope: 'webhooks:read',
    query: EventListQuery,
    answer: { status: 200, schema: EventList },
    errors: [],
  },
  streamEvents: {
    method: 'GET',
    path: '/v1/events/stream',
    tag: 'Events',
    summary: 'Events as they happen, as server-sent events; Last-Event-ID continues after an event',
    scope: 'webhooks:read',
    query: EventStreamQuery,
    answer: { status: 200, schema: Event, media: 'text/event-stream' },
    errors: [],
  },
  getEvent: {
    method: 'GET',
    path: '/v1/events/{id}',
    tag: 'Events',
    summary: 'Get an event',
    scope: 'webhooks:read',
    params: IdParam,
    answer: { status: 200, schema: Event },
    errors: ['not_found'],
  },
  simulatePayment: {
    method: 'POST',
    path: '/v1/simulations/payments/{id}/{action}',
    tag: 'Simulations',
    summary:
      'Drive the payer of a sandbox payment: succeed, fail, authenticate, abandon, expire, late_succeed, dispute, dispute_won, dispute_lost',
    scope: 'payments:write',
    params: SimulationParam,
    body: SimulationBody,
    bodyOptional: true,
    answer: { status: 200, schema: Strict({ status: Type.String(), payment: Type.Optional(Anything) }) },
    errors: ['not_found', 'environment_not_allowed', 'invalid_state', 'provider_unavailable'],
  },
  advanceSandboxClock: {
    method: 'POST',
    path: '/v1/simulations/clock/advance',
    tag: 'Simulations',
    summary: "Move the sandbox's clock forward",
    scope: 'payments:write',
    body: Strict({
      seconds: Type.Integer({ minimum: 1, maximum: 31_536_000 }),
      idempotency_key: IdempotencyKeyField,
    }),
    answer: { status: 200, schema: Strict({ now: NullableString() }) },
    errors: ['environment_not_allowed', 'provider_unavailable'],
  },
  createSandboxFault: {
    method: 'POST',
    path: '/v1/simulations/faults',
    tag: 'Simulations',
    summary: "Make the sandbox's next answers or webhooks go wrong",
    scope: 'payments:write',
    body: Strict({
      provider: ServiceSchema,
      fault: Type.String({ maxLength: 40 }),
      count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      match: Type.Optional(Type.String({ maxLength: 200 })),
      idempotency_key: IdempotencyKeyField,
    }),
    answer: { status: 201, schema: Anything },
    errors: ['environment_not_allowed', 'provider_unavailable'],
  },
  deleteSandboxFaults: {
    method: 'DELETE',
    path: '/v1/simulations/faults',
    tag: 'Simulations',
    summary: 'Forget all planned faults',
    scope: 'payments:write',
    answer: { status: 200, schema: Anything },
    errors: ['environment_not_allowed', 'provider_unavailable'],
  },
})
