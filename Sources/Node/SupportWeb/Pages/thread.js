// What one sees of a conversation: its messages, and after them those of one's own that are still on their way.

const element = (id) => document.getElementById(id);

function part(kind, name, text) {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  return made;
}

export class Thread {
  #language;
  #me;
  #list = element("messages");
  #pending = [];

  constructor(language, me) {
    this.#language = language;
    this.#me = me;
  }

  /** Shows a conversation from the start. */
  show(conversation) {
    this.#list.replaceChildren(...conversation.messages.map((message) => this.#line(message)), ...this.#pending);
    this.#list.scrollTop = this.#list.scrollHeight;
    this.showOlder(conversation);
  }

  showOlder(conversation) {
    element("older").hidden = conversation.older === null;
  }

  /** Puts a message in its place; what is being read stays where it is. */
  insert(message, place) {
    const list = this.#list;
    const distance = list.scrollHeight - list.scrollTop - list.clientHeight;
    list.insertBefore(this.#line(message), list.children[place] ?? null);
    if (distance < 40 || message.de === this.#me) list.scrollTop = list.scrollHeight;
  }

  /** Puts a page of older messages before the others. */
  insertOlder(conversation, body) {
    const height = this.#list.scrollHeight - this.#list.scrollTop;
    body();
    this.#list.scrollTop = this.#list.scrollHeight - height;
    this.showOlder(conversation);
  }

  /** Shows what is on its way: `again` and `discard` are called with an entry. */
  showPending(entries, { again, discard }) {
    for (const line of this.#pending) line.remove();
    this.#pending = entries.map((entry) => this.#pendingLine(entry, again, discard));
    this.#list.append(...this.#pending);
    if (entries.length > 0) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #line({ de, mensaje, fecha }) {
    const line = part("li", de === this.#me ? "mine" : "theirs", "");
    const author = part("span", "author", de);
    if (de === this.#me) this.#language.say(author, "you");
    const time = part("time", "", this.#language.time(fecha));
    time.dateTime = fecha;
    line.append(author, part("span", "text", mensaje), time);
    return line;
  }

  #pendingLine(entry, again, discard) {
    const line = part("li", entry.problem ? "mine failed" : "mine pending", "");
    const fate = part("span", "fate", "");
    this.#language.say(fate, entry.problem ?? "sending");
    line.append(part("span", "text", entry.mensaje), fate);
    if (entry.problem) line.append(this.#button("again", () => again(entry)), this.#button("discard", () => discard(entry)));
    return line;
  }

  #button(key, body) {
    const button = document.createElement("button");
    button.type = "button";
    this.#language.say(button, key);
    button.addEventListener("click", body);
    return button;
  }
}
