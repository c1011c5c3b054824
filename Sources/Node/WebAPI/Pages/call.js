// One call of a pair. The server asks the member with the smaller id for an offer whenever somebody says that it is
// ready and both are. Later offers come from either side, so this is "perfect negotiation": when two offers meet, the
// member with the larger id is the polite one and takes its own back.

const retryLimit = 3;
const retryDelay = 1_000; // milliseconds, for each retry so far
const connectDeadline = 15_000; // milliseconds from the first description on

/** The STUN and TURN servers, with credentials that are good for a while; none if they cannot be had. */
async function iceServers() {
  try {
    const response = await fetch("/api/ice-servers", { signal: AbortSignal.timeout(5_000) });
    return response.ok ? (await response.json()).iceServers : [];
  } catch {
    return [];
  }
}

export class Call {
  #camera;
  #send;
  #view;
  #isPolite;
  #connection = null;
  #tasks = Promise.resolve();
  #isClosed = false;
  #isNegotiated = false;
  #lastOffer = null; // the partner's offer that was answered last
  #ignoredOffer = null; // the partner's offer that met one of ours
  #retries = 0;
  #timer;

  /**
   * @param camera where the own stream comes from
   * @param wantsVideo whether it is opened without being asked
   * @param isPolite whether the own id is the larger one
   * @param send sends an event with a payload to the partner, through the server
   * @param view shows the state and the partner's stream
   */
  constructor({ camera, wantsVideo, isPolite, send, view }) {
    this.#camera = camera;
    this.#isPolite = isPolite;
    this.#send = send;
    this.#view = view;
    view.show("preparing");
    this.#enqueue(() => this.#open(wantsVideo));
  }

  /** Ends the call. The camera stays open. */
  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#view.show(null);
  }

  /** The server asks for an offer: the first one, or, since somebody's connection has failed, one with a new way. */
  createOffer() {
    this.#enqueue(() => this.#offer(this.#isNegotiated));
  }

  /** The partner's offer; it may come again when it was not answered in time. */
  receiveOffer(offer) {
    this.#enqueue(() => this.#answer(offer));
  }

  receiveAnswer(answer) {
    this.#enqueue(async () => {
      if (this.#connection.signalingState !== "have-local-offer") return; // It has come twice.
      await this.#connection.setRemoteDescription(answer);
      this.#isNegotiated = true;
      this.#expectConnection();
    });
  }

  receiveCandidate(candidate) {
    this.#enqueue(async () => {
      // Candidates of an offer that was not taken fit nothing: that is no failure of this call.
      await this.#connection.addIceCandidate(candidate ?? undefined).catch(() => {});
    });
  }

  /** The user wants to try again. */
  reconnect() {
    this.#retries = 0;
    this.#restart();
  }

  /** The camera was opened during the call. */
  async addCamera() {
    const stream = await this.#camera.open();
    this.#enqueue(async () => this.#addTracks(stream));
  }

  // One thing after the other: descriptions and candidates keep the order in which they came.
  #enqueue(task) {
    this.#tasks = this.#tasks
      .then(() => (this.#isClosed ? undefined : task()))
      .catch((error) => this.#isClosed || this.#failed(error));
  }

  async #open(wantsVideo) {
    const [servers, stream] = await Promise.all([iceServers(), wantsVideo ? this.#camera.open() : null]);
    if (this.#isClosed) return;
    const connection = new RTCPeerConnection({ iceServers: servers });
    this.#connection = connection;
    connection.addEventListener("icecandidate", ({ candidate }) => {
      this.#send("ice-candidate", { candidate: candidate?.toJSON() ?? null });
    });
    connection.addEventListener("track", ({ track, streams }) => {
      this.#view.showRemote(streams[0] ?? new MediaStream([track]));
    });
    connection.addEventListener("negotiationneeded", () => {
      // The first offer waits until the partner is ready, too; the server says when.
      if (this.#isNegotiated) this.#enqueue(() => this.#offer(false));
    });
    connection.addEventListener("connectionstatechange", () => this.#stateChanged());
    this.#addTracks(stream);
    this.#view.show("connecting");
    this.#send("ready-to-connect", {});
  }

  #addTracks(stream) {
    const sent = this.#connection.getSenders().map((sender) => sender.track);
    for (const track of stream?.getTracks() ?? []) {
      if (!sent.includes(track)) this.#connection.addTrack(track, stream);
    }
  }

  async #offer(restarts) {
    const connection = this.#connection;
    if (connection.signalingState === "stable") {
      // Who has no camera wants to see and hear all the same.
      for (const kind of ["audio", "video"]) {
        const isThere = connection.getTransceivers().some(({ receiver }) => receiver.track.kind === kind);
        if (!isThere) connection.addTransceiver(kind, { direction: "recvonly" });
      }
      if (restarts) connection.restartIce();
      await connection.setLocalDescription();
    }
    // An offer that is out already is sent again: the partner may not have been there yet.
    if (connection.signalingState !== "have-local-offer") return;
    this.#send("webrtc-offer", { offer: connection.localDescription.toJSON() });
    this.#expectConnection();
  }

  async #answer(offer) {
    const connection = this.#connection;
    if (offer.sdp === this.#ignoredOffer) return;
    const isStable = connection.signalingState === "stable";
    if (!(isStable && offer.sdp === this.#lastOffer)) {
      if (!isStable && !this.#isPolite) {
        this.#ignoredOffer = offer.sdp;
        return;
      }
      await connection.setRemoteDescription(offer);
      await connection.setLocalDescription();
      this.#lastOffer = offer.sdp;
      this.#isNegotiated = true;
    }
    this.#send("webrtc-answer", { answer: connection.localDescription.toJSON() });
    this.#expectConnection();
  }

  #expectConnection() {
    clearTimeout(this.#timer);
    if (this.#connection.connectionState === "connected") return this.#view.show("connected");
    this.#timer = setTimeout(() => this.#failed("not connected in time"), connectDeadline);
  }

  #stateChanged() {
    switch (this.#connection.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        this.#retries = 0;
        return this.#view.show("connected");
      case "disconnected":
        return this.#view.show("interrupted");
      case "failed":
        return this.#failed("connection failed");
    }
  }

  #failed(reason) {
    if (this.#isClosed) return;
    console.debug("call:", reason);
    clearTimeout(this.#timer);
    if (this.#retries === retryLimit) return this.#view.show("failed");
    this.#retries += 1;
    this.#timer = setTimeout(() => this.#restart(), retryDelay * this.#retries);
  }

  #restart() {
    this.#view.show("connecting");
    this.#enqueue(async () => {
      this.#connection.setConfiguration({ iceServers: await iceServers() });
      // Being ready again makes the server ask for an offer, or repeat the one that is still open.
      if (this.#isPolite || !this.#isNegotiated) this.#send("ready-to-connect", {});
      else await this.#offer(true);
      this.#expectConnection();
    });
  }
}
