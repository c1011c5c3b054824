// The camera and the microphone: opened for the first call, kept from chat to chat, given back when the user leaves.

const constraints = [{ video: true, audio: true }, { video: true }, { audio: true }];

async function request() {
  if (!navigator.mediaDevices) return { stream: null, problem: "camera-insecure" };
  for (const wish of constraints) {
    try {
      return { stream: await navigator.mediaDevices.getUserMedia(wish), problem: "" };
    } catch (error) {
      if (error.name === "NotAllowedError") break;
    }
  }
  return { stream: null, problem: "camera-refused" };
}

const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

export class Camera {
  stream = null;
  #opening = null;
  #turn = 0;
  #changed;

  /** @param changed is called whenever something has changed, with a key of the dictionary if there is a problem. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Asks for camera and microphone, or one of them; null if there is none, or the user does not want it. */
  open() {
    if (this.stream) return Promise.resolve(this.stream);
    return (this.#opening ??= this.#open());
  }

  async #open() {
    const turn = this.#turn;
    const { stream, problem } = await request();
    if (turn !== this.#turn) {
      stop(stream); // It was closed meanwhile.
      return null;
    }
    this.#opening = null;
    this.stream = stream;
    stream?.getTracks().forEach((track) => track.addEventListener("ended", () => this.#changed("")));
    this.#changed(problem);
    return stream;
  }

  close() {
    this.#turn += 1;
    this.#opening = null;
    stop(this.stream);
    this.stream = null;
    this.#changed("");
  }

  #tracks(kind) {
    return this.stream?.getTracks().filter((track) => track.kind === kind && track.readyState === "live") ?? [];
  }

  /** Whether there is something of a kind, audio or video. */
  has(kind) {
    return this.#tracks(kind).length > 0;
  }

  /** Whether it is sent. */
  sends(kind) {
    return this.#tracks(kind).some((track) => track.enabled);
  }

  /** Stops sending it, or begins again. */
  toggle(kind) {
    for (const track of this.#tracks(kind)) track.enabled = !track.enabled;
    this.#changed("");
  }
}
