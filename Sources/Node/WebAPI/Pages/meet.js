"use strict";

// The page of *meet*: drives the documented events with the stock Socket.IO client. Text is rendered as text only.

const element = (id) => document.getElementById(id);
const words = {
  connecting: "Connecting…",
  idle: "Connected. Look for somebody to talk to.",
  waiting: "Waiting for a stranger…",
  chatting: "You are talking to a stranger.",
  left: "The stranger has left. Looking for somebody else…",
  offline: "Connection lost. Reconnecting…",
};

// After the partner left, look for the next one, unless the server has already queued or paired us.
const searchAgainAfter = 2000;
let searchAgain;

function show(state, text = words[state]) {
  document.body.dataset.state = state;
  element("status").textContent = text;
  const connected = state !== "connecting" && state !== "offline";
  element("find").disabled = !connected || state === "waiting" || state === "chatting";
  element("next").disabled = state !== "chatting";
  element("leave").disabled = state !== "chatting" && state !== "waiting";
  element("text").disabled = element("send").disabled = state !== "chatting";
}

function append(text, mine) {
  const line = document.createElement("li");
  line.textContent = text;
  line.className = mine ? "mine" : "theirs";
  const list = element("messages");
  list.append(line);
  list.scrollTop = list.scrollHeight;
}

function start() {
  if (typeof io === "undefined") {
    show("offline", "The Socket.IO client is not installed on this server (option --client-bundle).");
    return;
  }
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  const socket = io({ auth: token ? { token } : {} });

  const find = () => socket.emit("findChat", null, false);
  const enter = (state) => {
    clearTimeout(searchAgain);
    show(state);
  };

  socket.on("connect", () => {
    // A socket id begins with the six characters that name its node.
    element("node").textContent = socket.id.slice(0, 6);
    enter("idle");
  });
  socket.on("connect_error", (error) => enter("offline") || (socket.active || show("offline", error.message)));
  socket.on("disconnect", () => {
    enter("offline");
    element("node").textContent = "–";
    if (!socket.active) socket.connect();
  });
  socket.on("onlineUsers", (count) => { element("online").textContent = String(count); });
  socket.on("waiting", () => enter("waiting"));
  socket.on("chatStart", () => {
    element("messages").replaceChildren();
    enter("chatting");
    element("text").focus();
  });
  socket.on("partnerLeft", () => {
    enter("left");
    searchAgain = setTimeout(find, searchAgainAfter);
  });
  socket.on("message", ({ sender, text }) => append(text, sender === socket.id));

  element("find").addEventListener("click", find);
  element("next").addEventListener("click", () => socket.emit("next"));
  element("leave").addEventListener("click", () => {
    socket.emit("leaveChat");
    enter("idle");
  });
  element("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = element("text").value;
    if (!text.trim()) return;
    socket.emit("sendMessage", text);
    element("text").value = "";
  });
}

show("connecting");
start();
