// Every sentence of the page.
export const NO_CONFIG = "This page does not know its front door: config.json is missing or wrong.";
export const ORIGINAL = "Your photo";
export const WAITING = "Waiting for its turn.";
export const ASKING = "Asking for an upload.";
export const SENDING = "Uploading.";
export const SENT = "Uploaded. Waiting for the first step.";
export const EXPIRED = "The link for this upload has expired. Try again to get a new one.";
export const LOST = "The connection is lost. Try again when you are online.";
export const LOST_AGAIN = "The connection is lost. Trying again.";
export const BUSY = "The service is too busy. Try again later.";
export const BUSY_AGAIN = "The service is busy. Trying again.";
export const UNREADABLE = "This file cannot be read.";
export const NO_PREVIEW = "This browser cannot show the picture.";

const STATES = {
  awaiting_upload: "Waiting for the upload.",
  received: "Uploaded. Waiting for the first step.",
  claimed: "In progress.",
  released: "Waiting to be processed again.",
  awaiting_approval: "Waiting for a person to decide.",
};

export const state = (job) => STATES[job.state] ?? "In progress.";
export const ended = (job) => job.problem?.message || "The photo could not be processed.";
export const notTaken = (status) => `The store did not take the photo (status ${status}). Try again.`;
export const mistake = (error) => `This page made a mistake (${error.message}). Try again.`;
export const duplicate = (name) => `This is the same photo as ${name}, which is on this page already.`;

export function refused(error) {
  if (error.status === 401) return "Sign in first: this front door takes photos from known people only.";
  return error.message || `The front door refused the photo (status ${error.status}).`;
}

/** Say that a job is done, and in how many seconds if the front door tells. */
export function done({ times }) {
  const seconds = (Date.parse(times.updated) - Date.parse(times.uploaded)) / 1000;
  return Number.isFinite(seconds) ? `Done in ${seconds.toFixed(1)} s.` : "Done.";
}

export function summary({ photos, done: good, stopped }) {
  const rest = photos - good - stopped;
  const parts = [`${good} of ${photos} done`];
  if (stopped) parts.push(`${stopped} with a problem`);
  if (rest) parts.push(`${rest} under way`);
  return `${parts.join(", ")}.`;
}

export function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
