// The HTTP interface: who one is, and the history page by page.

const pageSize = 50;
const deadline = 10_000; // milliseconds

/** There is no login any more. */
export class SessionExpired extends Error {}

async function read(path) {
  const response = await fetch(path, {
    headers: { accept: "application/json" }, signal: AbortSignal.timeout(deadline), redirect: "error",
  });
  if (response.status === 401 || response.status === 403) throw new SessionExpired();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return { content: await response.json(), next: response.headers.get("x-siguiente") };
}

/** Who is logged in: {username, role, name}. */
export const session = async () => (await read("/api/sesion")).content;

/** The names of all who have a conversation with the desk, the latest first. */
export const conversations = async () => (await read("/api/usuarios-conversaciones")).content;

/** The history of an account, or, without a name, one's own. */
export class History {
  #path;

  constructor(name) {
    this.#path = name === null ? "/api/mensajes/mios?" : `/api/mensajes?con=${encodeURIComponent(name)}&`;
  }

  /** The newest page up to a cursor: {rows, older}, where older is the cursor of the page before, or null. */
  async page(upTo) {
    const cursor = upTo === null ? "" : `&hasta=${upTo}`;
    const { content, next } = await read(`${this.#path}limite=${pageSize}${cursor}`);
    return { rows: content, older: next };
  }
}
