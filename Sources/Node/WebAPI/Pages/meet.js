// The page of *meet*: drives the documented events with the stock Socket.IO client.

import { Call } from "./call.js";
import { Camera } from "./camera.js";
import { Language } from "./language.js";
import { CallView, View } from "./meet-view.js";
import { words } from "./meet-words.js";

const answerDeadline = 10_000; // milliseconds
// After the partner left, look for the next one, unless the server has already queued or paired us.
const searchAgainAfter = 2_000;

const element = (id) => document.getElementById(id);

class Meeting {
  #socket;
  #view;
  #callView;
  #camera;
  #pair = null; // {pairId, partnerId, withVideo} of the chat
  #call = null;
  #searchAgain;

  constructor(socket, view, callView) {
    this.#socket = socket;
    this.#view = view;
    this.#callView = callView;
    this.#camera = new Camera((problem) => {
      callView.showOwn(this.#camera);
      if (problem) view.showNotice(problem);
    });
    this.#followConnection();
    this.#followPairing();
    this.#followPartner();
    this.#followUser();
  }

  // MARK: the connection

  #followConnection() {
    const socket = this.#socket;
    let before = "idle";
    socket.on("connect", () => {
      // A socket id begins with the six characters that name its node.
      this.#view.showNode(socket.id.slice(0, 6));
      // After a recovery everything goes on as it was, and what was missed comes now.
      if (socket.recovered) this.#view.show(before);
      else if (before === "idle") this.#over("idle");
      else this.#lost();
    });
    socket.on("session", (session) => this.#resume(session));
    socket.on("connect_error", (error) => {
      if (socket.active) return this.#view.show("offline");
      this.#view.show("offline", "refused");
      this.#view.showNotice(error.message);
    });
    socket.on("disconnect", () => {
      before = this.#pair ? "chatting" : this.#view.state === "waiting" ? "waiting" : "idle";
      this.#view.show("offline");
      this.#view.showNode("–");
      clearTimeout(this.#searchAgain);
      if (!socket.active) socket.connect();
    });
    socket.on("onlineUsers", (count) => this.#view.showOnline(count));
  }

  /** The server says what it takes us for, after a connection was interrupted. */
  #resume({ state, pairId }) {
    if (state === "chatting" && pairId === this.#pair?.pairId) this.#view.show("chatting");
    else if (state === "waiting") this.#over("waiting");
    else if (state === "idle" && this.#view.state !== "idle") this.#lost();
  }

  #lost() {
    this.#over("idle");
    this.#view.showNotice("interrupted");
  }

  // MARK: pairing

  #followPairing() {
    this.#socket.on("waiting", () => this.#over("waiting"));
    this.#socket.on("chatStart", (pair) => this.#start(pair));
    this.#socket.on("partnerLeft", () => {
      this.#over("left");
      this.#searchAgain = setTimeout(() => this.#find(), searchAgainAfter);
    });
    this.#socket.on("partnerAway", () => this.#view.showAway(true));
    this.#socket.on("partnerBack", () => this.#view.showAway(false));
  }

  #start(pair) {
    this.#over("chatting");
    this.#view.clearMessages();
    this.#pair = pair;
    if (!pair.withVideo) return;
    this.#call = new Call({
      camera: this.#camera,
      wantsVideo: element("wish").checked,
      isPolite: this.#socket.id > pair.partnerId,
      send: (event, payload) => this.#signal(pair, event, payload),
      view: this.#callView,
    });
  }

  /** There is no chat any more, or another one. */
  #over(state) {
    clearTimeout(this.#searchAgain);
    this.#call?.close();
    this.#call = null;
    this.#pair = null;
    this.#view.showNotice("");
    this.#view.show(state);
    if (state === "idle") this.#camera.close();
  }

  // MARK: the partner

  #followPartner() {
    const socket = this.#socket;
    socket.on("message", ({ sender, text }) => this.#view.append(text, sender === socket.id));
    socket.on("create-offer", () => this.#call?.createOffer());
    const relayed = (event, body) => {
      socket.on(event, (payload) => {
        if (this.#call && payload.from === this.#pair.partnerId) body(this.#call, payload);
      });
    };
    relayed("webrtc-offer", (call, { offer }) => call.receiveOffer(offer));
    relayed("webrtc-answer", (call, { answer }) => call.receiveAnswer(answer));
    relayed("ice-candidate", (call, { candidate }) => call.receiveCandidate(candidate));
  }

  /** What belongs to a pair names it: the server lets nothing of it reach the next partner. */
  #signal(pair, event, payload) {
    if (pair === this.#pair) this.#socket.emit(event, { ...payload, pairId: pair.pairId });
  }

  // MARK: the user

  #followUser() {
    const clicked = (id, body) => element(id).addEventListener("click", body);
    clicked("find", () => this.#find());
    clicked("next", () => this.#ask("next"));
    clicked("leave", () => {
      this.#ask("leaveChat");
      this.#over("idle");
    });
    clicked("reconnect", () => this.#call?.reconnect());
    clicked("microphone", () => this.#toggle("audio"));
    clicked("camera", () => this.#toggle("video"));
    element("compose").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say(element("text"));
    });
    addEventListener("pagehide", () => this.#camera.close());
  }

  #find() {
    this.#ask("findChat", null, element("wish").checked);
  }

  #toggle(kind) {
    if (this.#camera.has(kind)) this.#camera.toggle(kind);
    else this.#call?.addCamera();
  }

  #ask(event, ...details) {
    this.#socket.timeout(answerDeadline).emit(event, ...details, (error, answer) => {
      if (!error && !answer.ok) this.#view.showNotice(answer.code);
    });
  }

  // One's own message is shown when it comes back: then both see the same order.
  #say(field) {
    const text = field.value;
    if (!text.trim() || !this.#pair) return;
    field.value = "";
    this.#view.showNotice("");
    this.#socket.timeout(answerDeadline).emit("sendMessage", text, { pairId: this.#pair.pairId }, (error, answer) => {
      if (!error && answer.ok) return;
      this.#view.showNotice(error ? "unanswered" : answer.code);
      if (!field.value) field.value = text;
    });
  }
}

const language = new Language(words);
const view = new View(language);
if (typeof io === "undefined") {
  view.show("offline", "no-client");
} else {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  new Meeting(io({ auth: token ? { token } : {} }), view, new CallView(language));
}
