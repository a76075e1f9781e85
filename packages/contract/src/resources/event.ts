import {
  Anything,
  CREATED,
  EnvironmentSchema,
  ListOf,
  OneOf,
  PAGE,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

export const Event = Strict({
  id: Type.String(),
  object: OneOf(['event']),
  type: Type.String(),
  api_version: Type.String(),
  environment: EnvironmentSchema,
  created_at: Timestamp,
  sequence: Type.Integer({ description: 'Counts the events of one object from 1 without gaps' }),
  data: Strict({ object: Anything, previous: Type.Optional(Anything) }),
})
export type Event = Static<typeof Event>

export const EventListQuery = Strict({
  ...PAGE,
  ...CREATED,
  type: Type.Optional(Type.String({ maxLength: 60 })),
  environment: Type.Optional(EnvironmentSchema),
})
export type EventListQuery = Static<typeof EventListQuery>
/** Of the stream, whose place is told by `Last-Event-ID`. */
export const EventStreamQuery = Strict({
  type: Type.Optional(Type.String({ maxLength: 60 })),
  environment: Type.Optional(EnvironmentSchema),
})
export type EventStreamQuery = Static<typeof EventStreamQuery>
export const EventList = ListOf(Event)
