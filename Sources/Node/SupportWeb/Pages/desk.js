// The administrator's list of conversations, the latest first, with marks for what is unread.

const element = (id) => document.getElementById(id);

export class Desk {
  #language;
  #selected;
  #title = document.title;
  #buttons = new Map(); // by name

  /** @param selected is called with a name when the user chooses it. */
  constructor(language, selected) {
    this.#language = language;
    this.#selected = selected;
    element("desk").hidden = false;
  }

  has(name) {
    return this.#buttons.has(name);
  }

  /** Adds a conversation to the end of the list, if it is new. */
  add(name) {
    if (this.has(name)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.name = name;
    const title = document.createElement("span");
    title.textContent = name;
    button.append(title);
    button.addEventListener("click", () => this.#selected(name));
    this.#buttons.set(name, button);
    const line = document.createElement("li");
    line.append(button);
    element("conversations").append(line);
    element("nobody").hidden = true;
  }

  /** Something new has come: it goes to the top. */
  raise(name) {
    const focused = document.activeElement;
    element("conversations").prepend(this.#buttons.get(name).parentElement);
    if (document.activeElement !== focused) focused.focus();
  }

  select(name) {
    for (const [other, button] of this.#buttons) button.setAttribute("aria-current", String(other === name));
  }

  /** Shows how many messages of each conversation are unread. */
  mark(conversations) {
    let sum = 0;
    for (const { name, unread } of conversations) {
      const button = this.#buttons.get(name);
      if (!button) continue;
      sum += unread;
      button.classList.toggle("unread", unread > 0);
      button.querySelector(".badge")?.remove();
      if (unread > 0) button.append(this.#badge(unread));
    }
    document.title = sum > 0 ? `(${sum}) ${this.#title}` : this.#title;
  }

  #badge(count) {
    const badge = document.createElement("span");
    badge.className = "badge";
    const unit = document.createElement("span");
    unit.className = "unseen";
    this.#language.say(unit, "unread");
    badge.append(String(count), " ", unit);
    return badge;
  }
}
