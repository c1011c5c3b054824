// The messages of one conversation in the order of their ids, each once, whatever way and however often they come:
// with a page of the history, live, after a reconnect, or as the answer to a message of one's own.

/** A row of the HTTP interface as a message: {id, de, para, mensaje, fecha}. */
export const fromRow = ({ id, de_usuario: de, para_usuario: para, mensaje, fecha }) => ({ id, de, para, mensaje, fecha });

export class Conversation {
  name;
  messages = [];
  /** Whether the newest page of the history is there; before that, messages are only counted. */
  isLoaded = false;
  /** The cursor of the page before the oldest message; null if there is none. */
  older = null;
  unread = 0;
  /** The newest id that was counted. */
  newest;

  constructor(name, newest) {
    this.name = name;
    this.newest = newest;
  }

  /** @returns the place of a new message, or -1 if it is there already. */
  add(message) {
    let place = this.messages.length;
    while (place > 0 && this.messages[place - 1].id > message.id) place -= 1;
    if (place > 0 && this.messages[place - 1].id === message.id) return -1;
    this.messages.splice(place, 0, message);
    return place;
  }
}
