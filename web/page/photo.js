// What happens to one photo at one front door.
import { Disconnected, Refused } from "./door.js";
import * as words from "./words.js";

const TRIES = 6;
const LONGEST = 16; // seconds between two tries
const WAIT = 20; // seconds that the API may wait for a change
const BUSY = [429, 503];
const ARRIVED = ["received", "claimed", "awaiting_approval", "released", "succeeded", "rejected", "failed", "refused"];
const NAME_LENGTH = 200;

// Media types by suffix, since browsers do not know all of them.
export const TYPES = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  tif: "image/tiff",
  tiff: "image/tiff",
  bmp: "image/bmp",
  heic: "image/heic",
  heif: "image/heif",
  avif: "image/avif",
};

/** The photo goes no further; the message says why, and `again` whether trying again may help. */
export class Stop extends Error {
  constructor(sentence, again = true) {
    super(sentence);
    this.again = again;
  }
}

/** Return the SHA-256 of a file in hex digits. */
export async function digest(file) {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Stop(words.UNREADABLE, false);
  });
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a file through a front door, and return its finished job; tell {sentence, share, job, waits} on the way. */
export async function travel(door, file, sha256, tell) {
  tell({ sentence: words.ASKING });
  const upload = await patiently(() => door.ask(declared(file, sha256)), tell);
  await deliver(door, upload, file, tell);
  tell({ sentence: words.SENT });
  let known;
  let waits = false; // for a person, who takes time
  do {
    if (waits || known?.pause) await pause(waits ? WAIT : known.pause);
    known = await patiently(() => door.job(upload, known, waits ? 0 : WAIT), tell);
    waits = known.job.state === "awaiting_approval";
    tell({ sentence: words.state(known.job), job: known.job, waits });
  } while (!known.job.ended);
  if (known.job.state !== "succeeded") throw new Stop(words.ended(known.job), known.job.state === "failed");
  return known.job;
}

function declared(file, sha256) {
  const suffix = file.name.includes(".") ? file.name.split(".").pop() : "";
  const type = TYPES[suffix.toLowerCase()] ?? (file.type || "application/octet-stream");
  return { name: plain(file.name), bytes: file.size, type, sha256 };
}

/** Return the name without slashes and invisible characters, cut in front if it is too long. */
function plain(name) {
  return Array.from(name.replace(/[\p{C}\p{Zl}\p{Zp}/\\]/gu, "_")).slice(-NAME_LENGTH).join("");
}

async function deliver(door, upload, file, tell) {
  const told = (share) => tell({ sentence: words.SENDING, share });
  told(0);
  const status = await patiently(() => door.send(upload, file, told), tell);
  if (status >= 200 && status < 300) return;
  // The store takes a photo once: a second try is refused if only the answer to the first was lost.
  const { job } = await patiently(() => door.job(upload), tell);
  if (ARRIVED.includes(job.state)) return;
  const late = job.state === "expired" || Date.now() >= Date.parse(upload.expires);
  throw new Stop(late ? words.EXPIRED : words.notTaken(status));
}

/** Repeat what got no answer, or the answer that the service is busy, with growing pauses. */
async function patiently(action, tell) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await action();
    } catch (error) {
      const busy = error instanceof Refused && BUSY.includes(error.status);
      if (!busy && !(error instanceof Disconnected)) throw stop(error);
      if (tries === TRIES) throw new Stop(busy ? words.BUSY : words.LOST);
      tell({ sentence: busy ? words.BUSY_AGAIN : words.LOST_AGAIN });
      await pause(Math.min(LONGEST, 2 ** (tries - 1)) * (0.5 + Math.random() / 2)); // not all pages at once
    }
  }
}

function stop(error) {
  if (!(error instanceof Refused)) return error;
  return new Stop(words.refused(error), error.status >= 500);
}

/** Wait for so many seconds, or until the machine is online again. */
function pause(seconds) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, seconds * 1000);
    addEventListener("online", go);
  });
}
