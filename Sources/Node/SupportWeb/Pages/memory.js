// What this browser remembers of an account: drafts, and up to where messages were read. Without storage: nothing.

export class Memory {
  #prefix;

  constructor(account) {
    this.#prefix = `soporte.${account}.`;
  }

  read(key) {
    try {
      return localStorage.getItem(this.#prefix + key);
    } catch {
      return null;
    }
  }

  write(key, value) {
    try {
      if (value) localStorage.setItem(this.#prefix + key, value);
      else localStorage.removeItem(this.#prefix + key);
    } catch {}
  }

  /** Forgets everything: for computers that others use, too. */
  clear() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.#prefix)) localStorage.removeItem(key);
      }
    } catch {}
  }
}
