// The JavaScript client, driven by lines of JSON; driver.py does the same with the Python one.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const { Chat, MemoryStore } = await import(process.argv[2]);
const put = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** A store of the application's own: a log of what it was told. */
class LogStore extends MemoryStore {
  constructor(path) {
    super();
    this.path = path;
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
    for (const line of lines) {
      const [what, value] = JSON.parse(line);
      super[what](value);
    }
  }
  put(entry) {
    appendFileSync(this.path, `${JSON.stringify(["put", entry])}\n`);
    super.put(entry);
  }
  remove(clientId) {
    appendFileSync(this.path, `${JSON.stringify(["remove", clientId])}\n`);
    super.remove(clientId);
  }
}

let chat;
const doings = {
  async start({ url, username, password, store, firstMs, longestMs }) {
    chat = new Chat(url, { backoff: { firstMs, longestMs }, ...(store && { store: new LogStore(store) }) });
    chat.on("*", (_, frame) => put({ frame }));
    chat.on("refused", ({ draft, problem }) => put({ refused: draft.clientId, code: problem.code }));
    chat.on("status", (status, reason) => status === "over" && put({ over: reason.name }));
    await chat.logIn(username, password);
    await chat.start();
    return { userId: chat.api.session.user.id };
  },
  send: ({ conversationId, text, more }) => chat.send(conversationId, text, more),
  request: ({ event, data }) => chat.request(event, data),
  call: ({ method, path, body, query }) => chat.call(method, path, { body, query }),
  async facts() {
    const { token, session } = chat.api;
    return { token, sessionId: session.sessionId, reconnects: chat.connection.reconnects, unsent: chat.unsent };
  },
  async useToken({ token }) {
    chat.api.token = token;
    return {};
  },
  async state() {
    return { ...chat.state, blocked: [...chat.state.blocked].sort() };
  },
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, do: what, ...words } = JSON.parse(line);
  try {
    put({ id, answer: (await doings[what](words)) ?? null });
  } catch (error) {
    put({ id, error: { kind: error.name, code: error.code ?? null, words: error.message } });
  }
});
