// What one sees of *meet*: the state, the messages, the video. It knows neither the server nor the call.

const element = (id) => document.getElementById(id);

export class View {
  #language;
  #away = false;

  constructor(language) {
    this.#language = language;
    language.attach(element("language"));
    this.show("connecting");
  }

  get state() {
    return document.body.dataset.state;
  }

  /** Shows a state: connecting, idle, waiting, chatting, left or offline; with another text than usual if one is given. */
  show(state, text = state) {
    document.body.dataset.state = state;
    this.#away = false;
    this.#language.say(element("status"), text);
    const connected = state !== "connecting" && state !== "offline";
    element("find").disabled = !connected || state === "waiting" || state === "chatting";
    element("next").disabled = state !== "chatting";
    element("leave").disabled = !["chatting", "waiting", "left"].includes(state);
    element("text").disabled = element("send").disabled = state !== "chatting";
    if (state === "chatting") element("text").focus();
  }

  /** The partner's connection is interrupted, or is there again. */
  showAway(away) {
    if (this.state !== "chatting" || away === this.#away) return;
    this.#away = away;
    this.#language.say(element("status"), away ? "away" : "chatting");
  }

  /** Something went wrong that the user should know; an empty key takes the line away. */
  showNotice(key) {
    this.#language.say(element("notice"), key);
  }

  showOnline(count) {
    element("online").textContent = String(count);
  }

  showNode(name) {
    element("node").textContent = name;
  }

  append(text, mine) {
    const line = document.createElement("li");
    line.textContent = text;
    line.className = mine ? "mine" : "theirs";
    const list = element("messages");
    list.append(line);
    list.scrollTop = list.scrollHeight;
  }

  clearMessages() {
    element("messages").replaceChildren();
  }
}

/** The part of the page that shows a call. */
export class CallView {
  #language;

  constructor(language) {
    this.#language = language;
  }

  /** Shows the state of a call: preparing, connecting, connected, interrupted or failed; null when there is none. */
  show(state) {
    element("call").hidden = state === null;
    element("call").dataset.state = state ?? "";
    this.#language.say(element("call-status"), state === null ? "" : `call-${state}`);
    element("reconnect").hidden = state !== "failed";
    if (state === null) this.showRemote(null);
  }

  showRemote(stream) {
    const video = element("remote");
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    // Browsers may want a gesture for sound: then the user starts it.
    if (stream) video.play().catch(() => { video.controls = true; });
  }

  /** Shows the own picture, and what of it is sent. */
  showOwn(camera) {
    element("own").hidden = !camera.sends("video");
    if (element("own").srcObject !== camera.stream) element("own").srcObject = camera.stream;
    element("camera").setAttribute("aria-pressed", String(camera.sends("video")));
    element("microphone").setAttribute("aria-pressed", String(camera.sends("audio")));
  }
}
