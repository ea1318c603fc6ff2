// Send a photo through a front door and print where the results are: node upload.mjs API PHOTO TYPE
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

/** Return an answer; a refusal ends the program with its sentence. */
async function ask(address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok && answer.status !== 304) throw `${answer.status}: ${await answer.text()}`;
  return answer;
}

async function send(api, path, type) {
  const photo = await readFile(path);
  const sha256 = createHash("sha256").update(photo).digest("hex");
  const told = JSON.stringify({ name: basename(path), bytes: photo.length, type, sha256 });
  const upload = await (await ask(`${api}/uploads`, { method: "POST", body: told })).json();
  const { method, url, headers } = upload.upload;
  await ask(url, { method, headers, body: photo });

  for (let job, tag = ""; ; ) {
    const known = { "Twinlens-Handle": upload.handle, "If-None-Match": tag };
    const answer = await ask(`${api}/jobs/${upload.id}?wait=20`, { headers: known });
    if (answer.status === 304) continue;
    [job, tag] = [await answer.json(), answer.headers.get("ETag")];
    if (job.problem) throw job.problem.message;
    if (job.ended) return job.results;
  }
}

const results = await send(...process.argv.slice(2)).catch((reason) => {
  console.error(String(reason));
  process.exit(1);
});
for (const { name, url } of results) console.log(name, url);
