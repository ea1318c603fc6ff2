// Send a photo through a front door and print where the results are: node upload.mjs API PHOTO TYPE
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Return an answer; a refusal ends the program with its sentence. */
async function ask(address, options) {
  const answer = await fetch(address, options);
  if (answer.ok || answer.status === 304) return answer;
  console.error(`${answer.status}: ${await answer.text()}`);
  process.exit(1);
}

const [api, path, type] = process.argv.slice(2);
const photo = await readFile(path);
const body = JSON.stringify({ name: basename(path), bytes: photo.length, type });
const { id, handle, upload } = await (await ask(`${api}/uploads`, { method: "POST", body })).json();
await ask(upload.url, { ...upload, body: photo });

let job = { ended: false };
const headers = { "Twinlens-Handle": handle };
while (!job.ended) {
  const answer = await ask(`${api}/jobs/${id}?wait=20`, { headers });
  await pause(1000 * (answer.headers.get("Retry-After") ?? 0));
  if (answer.status === 304) continue;
  [job, headers["If-None-Match"]] = [await answer.json(), answer.headers.get("ETag")];
}
if (job.problem) console.error(job.problem.message);
for (const { name, url } of job.results) console.log(name, url);
process.exitCode = job.problem ? 1 : 0;
