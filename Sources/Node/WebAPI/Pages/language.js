// The texts of a page in several languages. Elements name their texts, so that a switch of language finds them again:
// data-text (content), data-label (aria-label), data-hint (placeholder), data-alt (title). <time datetime> is written in
// the language, too. Texts are only ever set as text.

const remembered = "switchboard.language";

function recall() {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null; // Storage may be forbidden: then nothing is remembered.
  }
}

function remember(code) {
  try {
    localStorage.setItem(remembered, code);
  } catch {}
}

export class Language {
  #words;
  #code;

  /** @param words texts by key, by language code; the first language is the one to fall back on. */
  constructor(words) {
    this.#words = words;
    const wishes = [recall(), ...navigator.languages].map((wish) => wish?.slice(0, 2).toLowerCase());
    this.#code = wishes.find((wish) => wish && Object.hasOwn(words, wish)) ?? Object.keys(words)[0];
  }

  get code() {
    return this.#code;
  }

  /** The text of a key; a key without text is shown as it is, since it may come from the server. */
  text(key) {
    const texts = this.#words[this.#code];
    return Object.hasOwn(texts, key) ? texts[key] : key;
  }

  /** Gives an element a text, until another; an empty key takes it away. */
  say(element, key) {
    element.dataset.text = key;
    element.textContent = key ? this.text(key) : "";
  }

  /** Writes every text of a part of the page again. */
  apply(root = document) {
    for (const element of root.querySelectorAll("[data-text]")) this.say(element, element.dataset.text);
    for (const element of root.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", this.text(element.dataset.label));
    }
    for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = this.text(element.dataset.hint);
    for (const element of root.querySelectorAll("time[datetime]")) element.textContent = this.time(element.dateTime);
  }

  /** An instant, as short as it can be understood: today's by its time, others with their day. */
  time(instant) {
    const date = new Date(instant);
    if (Number.isNaN(date.valueOf())) return "";
    const isToday = date.toDateString() === new Date().toDateString();
    const style = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    return new Intl.DateTimeFormat(this.#code, style).format(date);
  }

  /** Makes a <select> choose the language, now and at the next visit. */
  attach(select) {
    const use = (code) => {
      this.#code = code;
      document.documentElement.lang = code;
      this.apply();
    };
    select.value = this.#code;
    select.addEventListener("change", () => {
      remember(select.value);
      use(select.value);
    });
    use(this.#code);
  }
}
