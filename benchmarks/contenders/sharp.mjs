// sharp: `clones` as its documentation shows, a clone for every output; `pyramid` driven by hand: one decode
// at a reduced scale, and each smaller size from the largest one's pixels.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

const [way, warmUp, photo, folder, taskText] = process.argv.slice(2);
const task = JSON.parse(taskText);
sharp.cache(false);

const box = (size) => ({ width: size.width, height: size.height, fit: size.fit, withoutEnlargement: true });
const filtered = (image) => image.normalise({ lower: 0.5, upper: 99.5 }).sharpen({ sigma: 1 });

const write = (image, name, output) =>
  output.format === "jpeg"
    ? image
        .jpeg({ quality: output.quality, progressive: output.progressive, optimiseCoding: true })
        .toFile(join(folder, `${name}.jpg`))
    : image.webp({ quality: output.quality, effort: 4 }).toFile(join(folder, `${name}.webp`));

async function clones(path) {
  const original = sharp(path).autoOrient();
  for (const output of task.outputs) {
    for (const size of task.sizes) await write(original.clone().resize(box(size)), size.name, output);
    if (task.filtered) await write(filtered(original.clone().resize(box(task.sizes[0]))), "filtered", output);
  }
}

const pixels = (image) => image.raw().toBuffer({ resolveWithObject: true });
const from = ({ data, info }) =>
  sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });

async function pyramid(path) {
  const [largest, ...others] = task.sizes;
  const first = await pixels(sharp(path).autoOrient().resize(box(largest)));
  const made = [[largest.name, first]];
  for (const size of others) made.push([size.name, await pixels(from(first).resize(box(size)))]);
  if (task.filtered) made.push(["filtered", await pixels(filtered(from(first)))]);
  for (const [name, picture] of made)
    for (const output of task.outputs) await write(from(picture), name, output);
}

const work = { clones, pyramid }[way];
await work(warmUp);
const began = process.hrtime.bigint();
const cpuBegan = process.cpuUsage();
await work(photo);
const cpu = process.cpuUsage(cpuBegan);
const status = readFileSync("/proc/self/status", "utf8");
process.stdout.write(
  JSON.stringify({
    wall_ms: Number(process.hrtime.bigint() - began) / 1e6,
    cpu_ms: (cpu.user + cpu.system) / 1000,
    peak_mb: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024,
  }),
);
