// Messages on their way. Each has a name of its own (idCliente), by which the server knows one that comes twice: so
// whatever was not acknowledged is simply sent again, after a reconnect and after a reload of the page. One after the
// other, so that their order stays.

const answerDeadline = 10_000; // milliseconds
const pause = 2_000; // milliseconds, for each attempt so far
const attemptLimit = 4;
const repeatable = new Set(["no_guardado", "demasiados_mensajes"]);

const newName = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

export class Outbox {
  /** {idCliente, para, mensaje, attempts, problem}: the problem is a code of the server, or null while it is tried. */
  entries;
  #socket;
  #key;
  #stored;
  #changed;
  #isBusy = false;

  /**
   * @param key where the entries are kept over a reload of this tab
   * @param stored is called with an entry and the server's answer {id, fecha}
   * @param changed is called when entries have come, gone or failed
   */
  constructor(socket, key, { stored, changed }) {
    this.#socket = socket;
    this.#key = key;
    this.#stored = stored;
    this.#changed = changed;
    this.entries = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  }

  add(para, mensaje) {
    this.entries.push({ idCliente: newName(), para, mensaje, attempts: 0, problem: null });
    this.#keep();
    this.flush();
  }

  /** The user wants a failed one to be tried again. */
  again(entry) {
    Object.assign(entry, { attempts: 0, problem: null });
    this.#keep();
    this.flush();
  }

  remove(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.#keep();
  }

  /** Sends what there is, as long as there is a connection. To be called after every connect. */
  async flush() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let entry; this.#socket.connected && (entry = this.entries.find(({ problem }) => problem === null));) {
        await this.#try(entry);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #try(entry) {
    const { idCliente, para, mensaje } = entry;
    let answer;
    try {
      answer = await this.#socket.timeout(answerDeadline).emitWithAck("mensaje_privado", { para, mensaje, idCliente });
    } catch {
      return; // No answer: it may have been stored or not. The next attempt tells.
    }
    if (answer.ok) {
      this.remove(entry);
      return this.#stored(entry, answer);
    }
    entry.attempts += 1;
    if (!repeatable.has(answer.codigo) || entry.attempts === attemptLimit) {
      entry.problem = answer.codigo;
      return this.#keep();
    }
    await new Promise((resolve) => setTimeout(resolve, pause * entry.attempts));
  }

  #keep() {
    sessionStorage.setItem(this.#key, JSON.stringify(this.entries));
    this.#changed();
  }
}
