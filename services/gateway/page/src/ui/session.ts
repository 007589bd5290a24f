// The session for components.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "../data/session";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("there is no session around this component");
  return session;
}
