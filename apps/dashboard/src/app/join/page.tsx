import { Entrance } from '../../session/entrance.tsx'

export const metadata = { title: 'Join the team' }

export default function JoinPage() {
  return <Entrance to="join" />
}
