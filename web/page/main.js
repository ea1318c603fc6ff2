// The page: takes photos, and shows each at every front door that config.json names.
import { Card } from "./card.js";
import { Door } from "./door.js";
import { Lanes } from "./lanes.js";
import { digest, Stop, travel } from "./photo.js";
import * as words from "./words.js";

const AT_ONCE = 4; // photos under way at one front door; browsers open six connections to one host

const part = (id) => document.getElementById(id);
const tally = { photos: 0, done: 0, stopped: 0 };
let doors = [];

async function open() {
  const answer = await fetch("config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  doors = (await answer.json()).doors.map((told) => ({
    door: new Door(told),
    lanes: new Lanes(AT_ONCE),
    seen: new Map(),
  }));
  part("choose").addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = ""; // or the same file could not be chosen again
  });
  for (const name of ["dragenter", "dragover"]) addEventListener(name, (event) => over(event, true));
  for (const name of ["dragleave", "drop"]) addEventListener(name, (event) => over(event, false));
  addEventListener("drop", (event) => add(event.dataTransfer.files));
}

function over(event, inside) {
  event.preventDefault();
  document.body.classList.toggle("over", inside);
}

function add(files) {
  for (const file of files) {
    const card = new Card(file, doors.map(({ door }) => door));
    part("photos").prepend(card.element);
    let hash; // computed once, when it is the photo's turn
    const digested = () => (hash ??= digest(file));
    doors.forEach((place, at) => {
      const column = card.columns[at];
      column.onRetry = () => place.lanes.run((leave) => send(place, column, file, digested, leave));
      tally.photos += 1;
      column.onRetry();
    });
  }
  count();
}

/** Take one photo through one front door; `seen` has the names of those before it by the digest of their bytes. */
async function send({ door, seen }, column, file, digested, leave) {
  let sha256;
  try {
    const found = await digested();
    if (seen.has(found)) throw new Stop(words.duplicate(seen.get(found)), false);
    seen.set((sha256 = found), file.name);
    const job = await travel(door, file, sha256, (status) => {
      column.show(status);
      if (status.waits) leave();
    });
    end(column, "done", column.finish(job));
  } catch (error) {
    if (sha256) seen.delete(sha256); // it may be sent again
    if (!(error instanceof Stop)) console.error(error);
    end(column, "stopped", column.stop(error instanceof Stop ? error : new Stop(words.mistake(error))));
  }
}

function end(column, how, sentence) {
  tally[how] += 1;
  column.onceMore = () => {
    tally[how] -= 1;
    count();
  };
  part("said").textContent = `${column.title}: ${sentence}`;
  count();
}

function count() {
  part("summary").hidden = false;
  part("summary").textContent = words.summary(tally);
}

open().catch(() => {
  part("trouble").textContent = words.NO_CONFIG;
});
