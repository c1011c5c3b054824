// The page of the support chat. A user has one conversation, with the desk; an administrator has one with every user.
//
// What is shown comes from two sides, the history over HTTP and live events, and is put together by the ids. The history
// is read before the first connect; from then on every connect names the last id that is known (`ultimoId`), and the
// server sends what came after it (`sincronizacion`). Until that is here, live messages are held back: so the last id
// never goes past something that is missing.

import { Conversation, fromRow } from "./conversation.js";
import { Desk } from "./desk.js";
import { conversations, History, session, SessionExpired } from "./history.js";
import { Language } from "./language.js";
import { Memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { words } from "./support-words.js";
import { Thread } from "./thread.js";

const deskName = "admin"; // what users call the desk
const retryDelay = 3_000; // milliseconds
// Messages of different conversations may overtake each other by a little: so much is asked for again.
const overlap = 50;

const element = (id) => document.getElementById(id);

class Chat {
  #me;
  #language;
  #memory;
  #thread;
  #desk = null; // administrators only
  #socket;
  #outbox;
  #conversations = new Map(); // by name
  #current = null;
  #lastId = null;
  #startId = 0; // the last id when the page was opened
  #held = null; // [name, message] of live events, while what was missed is awaited
  #isExpired = false;

  constructor({ username, role }, language) {
    this.#me = username;
    this.#language = language;
    this.#memory = new Memory(username);
    this.#thread = new Thread(language, username);
    this.#socket = io({ autoConnect: false, auth: (done) => done(this.#cursor()) });
    this.#outbox = new Outbox(this.#socket, `soporte.${username}.enviando`, {
      stored: (entry, { id, fecha }) => this.#receive(this.#nameOf(entry.para), { ...entry, de: username, id, fecha }),
      changed: () => this.#showPending(),
    });
    element("me").textContent = username;
    this.#followConnection();
    this.#followMessages();
    this.#followUser();
    if (role === "admin") this.#startDesk();
    else this.#startThread();
  }

  // MARK: start

  async #startThread() {
    this.#current = this.#conversation(deskName);
    this.#recallDraft();
    this.#showPending();
    await this.#load(this.#current);
    this.#connect();
  }

  async #startDesk() {
    this.#desk = new Desk(this.#language, (name) => this.#select(name));
    this.#lastId = Number(this.#memory.read("ultimo")) || null;
    this.#startId = this.#lastId ?? 0;
    this.#enableCompose();
    await this.#loadNames();
    this.#recallUnread();
    // Another tab of this browser has read something.
    addEventListener("storage", () => this.#recallUnread());
    this.#connect();
  }

  #connect() {
    if (!this.#isExpired) this.#socket.connect();
  }

  // MARK: the connection

  #followConnection() {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#show("connected", this.#current || !this.#desk ? "connected" : "choose");
      if (this.#current && !this.#current.isLoaded) this.#load(this.#current);
      if (this.#desk) this.#loadNames();
      this.#outbox.flush();
    });
    socket.on("disconnect", (reason) => {
      this.#held = null; // It comes again, with what was missed.
      if (this.#isExpired || reason === "io client disconnect") return;
      this.#show("offline");
      // The server has ended the session, or is only restarting: the next connect tells.
      if (!socket.active) setTimeout(() => this.#connect(), retryDelay);
    });
    socket.on("connect_error", () => {
      if (socket.active) this.#show("offline");
      else this.#expire(); // Refused, which the client does not try again.
    });
    socket.on("sesion_caducada", () => this.#expire());
  }

  #show(state, text = state) {
    document.body.dataset.state = state;
    this.#language.say(element("status"), text);
    if (state === "connected") this.#language.say(element("notice"), "");
  }

  /** The login is over. What was written stays: drafts, and messages on their way. */
  #expire() {
    this.#isExpired = true;
    this.#socket.disconnect();
    this.#show("expired", "");
    element("expired").hidden = false;
    this.#enableCompose();
  }

  // MARK: messages

  #followMessages() {
    const socket = this.#socket;
    socket.on("mensaje_recibido", (message) => this.#receive(this.#nameOf(message.de), message));
    socket.on("mensaje_enviado", (message) => this.#receive(this.#nameOf(message.para), { ...message, de: this.#me }));
    socket.on("mensaje_admin", (message) => this.#receive(message.para, message));
    socket.on("sincronizacion", ({ mensajes, completa }) => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const message of mensajes) this.#take(this.#nameFor(message), message);
      if (completa) return held.forEach(([name, message]) => this.#take(name, message));
      // There is more than comes at once, or the server cannot read it now.
      setTimeout(() => socket.connected && socket.disconnect().connect(), mensajes.length > 0 ? 0 : retryDelay);
    });
  }

  /** What the server is told at every connect. */
  #cursor() {
    if (this.#lastId === null) return {};
    this.#held = [];
    return { ultimoId: Math.max(this.#startId, this.#lastId - overlap) };
  }

  /** The conversation with an account. */
  #nameOf(account) {
    return this.#desk ? account : deskName;
  }

  /** The conversation that a message belongs to, whoever wrote it. */
  #nameFor({ de, para }) {
    if (!this.#desk) return deskName;
    if (de === this.#me) return para;
    return para !== this.#me && !this.#desk.has(de) && this.#desk.has(para) ? para : de;
  }

  #conversation(name) {
    let conversation = this.#conversations.get(name);
    if (!conversation) {
      conversation = new Conversation(name, this.#startId);
      this.#conversations.set(name, conversation);
    }
    return conversation;
  }

  #receive(name, message) {
    if (this.#held) this.#held.push([name, message]);
    else this.#take(name, message);
  }

  #take(name, message) {
    this.#lastId = Math.max(this.#lastId ?? 0, message.id);
    const conversation = this.#conversation(name);
    if (conversation.isLoaded) this.#put(conversation, message);
    if (!this.#desk) return;
    this.#memory.write("ultimo", String(this.#lastId));
    this.#desk.add(name);
    if (message.id <= conversation.newest) return;
    conversation.newest = message.id;
    this.#desk.raise(name);
    const isSeen = conversation === this.#current && !document.hidden;
    if (message.de === name && !isSeen) conversation.unread += 1;
    this.#keepUnread();
  }

  #put(conversation, message) {
    const place = conversation.add(message);
    if (place >= 0 && conversation === this.#current) this.#thread.insert(message, place);
  }

  // MARK: the history

  #history(conversation) {
    return new History(this.#desk ? conversation.name : null);
  }

  /** Reads the newest page; what comes live meanwhile is put in its place. */
  async #load(conversation) {
    Object.assign(conversation, { isLoaded: true, messages: [] });
    try {
      const { rows, older } = await this.#history(conversation).page(null);
      conversation.older = older;
      for (const row of rows) conversation.add(fromRow(row));
      if (!this.#desk) this.#lastId = Math.max(this.#lastId ?? 0, conversation.messages.at(-1)?.id ?? 0);
      if (conversation === this.#current) this.#thread.show(conversation);
    } catch (error) {
      conversation.isLoaded = false;
      this.#failed(error, () => conversation === this.#current && !conversation.isLoaded && this.#load(conversation));
    }
  }

  async #loadOlder(conversation) {
    try {
      const { rows, older } = await this.#history(conversation).page(conversation.older);
      conversation.older = older;
      if (conversation !== this.#current) return void rows.forEach((row) => conversation.add(fromRow(row)));
      this.#thread.insertOlder(conversation, () => rows.forEach((row) => this.#put(conversation, fromRow(row))));
    } catch (error) {
      this.#failed(error, () => {});
    }
  }

  async #loadNames() {
    try {
      for (const name of await conversations()) this.#desk.add(name);
    } catch (error) {
      this.#failed(error, () => this.#loadNames());
    }
  }

  #failed(error, again) {
    if (error instanceof SessionExpired) return this.#expire();
    this.#language.say(element("notice"), "no-history");
    setTimeout(() => {
      this.#language.say(element("notice"), "");
      again();
    }, retryDelay);
  }

  // MARK: the administrator's list

  #select(name) {
    this.#current = this.#conversation(name);
    this.#current.unread = 0;
    this.#keepUnread();
    this.#desk.select(name);
    element("partner").hidden = false;
    element("partner").textContent = name;
    this.#language.say(element("status"), document.body.dataset.state);
    this.#thread.show(this.#current);
    this.#showPending();
    this.#enableCompose();
    this.#recallDraft();
    element("text").focus();
    if (!this.#current.isLoaded) this.#load(this.#current);
  }

  #keepUnread() {
    const counts = {};
    for (const { name, unread } of this.#conversations.values()) if (unread > 0) counts[name] = unread;
    this.#memory.write("sinleer", Object.keys(counts).length > 0 ? JSON.stringify(counts) : null);
    this.#desk.mark(this.#conversations.values());
  }

  #recallUnread() {
    const counts = new Map(Object.entries(JSON.parse(this.#memory.read("sinleer") ?? "{}")));
    for (const name of counts.keys()) {
      this.#conversation(name);
      this.#desk.add(name);
    }
    for (const conversation of this.#conversations.values()) conversation.unread = counts.get(conversation.name) ?? 0;
    this.#desk.mark(this.#conversations.values());
  }

  // MARK: the user

  #followUser() {
    const field = element("text");
    field.addEventListener("input", () => this.#memory.write(`borrador.${this.#current.name}`, field.value));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      element("compose").requestSubmit();
    });
    element("compose").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      this.#outbox.add(this.#current.name, field.value);
      field.value = "";
      this.#memory.write(`borrador.${this.#current.name}`, null);
    });
    element("older").addEventListener("click", () => this.#loadOlder(this.#current));
    element("logout").addEventListener("submit", () => {
      this.#memory.clear();
      sessionStorage.clear();
    });
    document.addEventListener("visibilitychange", () => {
      if (!this.#desk || !this.#current || document.hidden) return;
      this.#current.unread = 0;
      this.#keepUnread();
    });
  }

  #enableCompose() {
    element("text").disabled = this.#current === null;
    element("send").disabled = this.#current === null || this.#isExpired;
  }

  #recallDraft() {
    element("text").value = this.#memory.read(`borrador.${this.#current.name}`) ?? "";
  }

  #showPending() {
    if (!this.#current) return;
    this.#thread.showPending(this.#outbox.entries.filter(({ para }) => para === this.#current.name), {
      again: (entry) => this.#outbox.again(entry),
      discard: (entry) => this.#outbox.remove(entry),
    });
  }
}

async function start() {
  const language = new Language(words);
  language.attach(element("language"));
  const say = (key) => language.say(element("notice"), key);
  if (typeof io === "undefined") return say("no-client");
  try {
    new Chat(await session(), language);
  } catch (error) {
    if (!(error instanceof SessionExpired)) return say("unreachable");
    element("expired").hidden = false;
    language.say(element("status"), "");
  }
}

start();
