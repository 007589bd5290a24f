// Sends a request to the gateway: with a limit of time, and with the key where there is one.
import { authorization, refuse } from "./key";

const TIMEOUT_MS = 12_000;
const UNAUTHORIZED = 401;

// Raises Error with the name of a message of the catalogue. The global `fetch` is looked up at each request.
export async function send(request: Request): Promise<Response> {
  const sent = authorization();
  if (sent) request.headers.set("Authorization", sent);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(request, { signal }).catch((error: Error) => {
    throw request.signal.aborted ? error : new Error(signal.aborted ? "answer-late" : "not-reachable");
  });
  if (response.status === UNAUTHORIZED && sent) refuse(sent);
  return response;
}

// A name for a change that must be done once, even if it is sent twice.
export function once(): { "Idempotency-Key": string } {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { "Idempotency-Key": Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("") };
}
