// Applies events to a snapshot with the JavaScript client; what it knows at the end, as JSON.
import { readFileSync } from "node:fs";

const { State } = await import(process.argv[2]);
const { snapshot, loaded, frames } = JSON.parse(readFileSync(0, "utf8"));
const state = new State(snapshot);
for (const { view, messages, members } of loaded) state.load(view, messages, members);
for (const frame of frames) state.apply(frame);
process.stdout.write(JSON.stringify({ ...state, blocked: [...state.blocked].sort() }));
