"use strict";
// The month's bill from its usage and prices: what compare/cost/bill.py and verdict.py do, for any volume.
const bills = (() => {
  const { model, words, volumes, purposes } = data;
  const BOUNDS = ["low", "expected", "high"];

  function quantity(knots, images) {
    let at = knots.findIndex(([volume]) => volume >= images);
    if (at < 0) at = knots.length - 1;
    const [from, to] = [knots[Math.max(at - 1, 0)], knots[at]];
    return to[0] === from[0] ? to[1] : from[1] + (to[1] - from[1]) * (images - from[0]) / (to[0] - from[0]);
  }

  function charged(billed, price) {
    return price.tiers.reduce((sum, [start, each], at) => {
      const end = Math.min(billed, at + 1 < price.tiers.length ? price.tiers[at + 1][0] : Infinity);
      return sum + Math.max(0, end - start) * each / price.per;
    }, 0);
  }

  function lines(usage, bound, images, state) {
    const meters = usage.meters[size(usage, state)][bound];
    const prices = model.prices[state.regions[usage.cloud] || usage.region];
    const used = Object.entries(meters).map(([name, knots]) => [name, prices[name], quantity(knots, images)]);
    const pools = {};
    for (const [, price, count] of used) if (price.pool) pools[price.pool] = (pools[price.pool] || 0) + count;
    return used.map(([name, price, count]) => {
      const free = state.free && price.pool && count ? Math.min(count, count * price.free / pools[price.pool]) : 0;
      const over = charged(Math.max(0, count - free - price.committed), price);
      const [low, amount, high] = [price.low, 1, price.high].map((factor) => price.fee + over * factor);
      return { name, title: price.title, purpose: price.purpose, amount, low, high };
    });
  }

  const size = (usage, state) => (state.size in usage.meters ? state.size : "measured");
  const sum = (found, part) => found.reduce((total, line) => total + line[part], 0);

  function bill(usage, images, state) {
    const [low, expected, high] = BOUNDS.map((bound) => lines(usage, bound, images, state));
    return { low: sum(low, "low"), expected: sum(expected, "amount"), high: sum(high, "high"), lines: expected };
  }

  // What is not known about a cloud applies to both bills if they are of the same cloud.
  function below(one, own, other, theirs) {
    return one.cloud === other.cloud ? BOUNDS.every((bound) => own[bound] < theirs[bound]) : own.high < theirs.low;
  }

  const fill = (name, values) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

  function dollars(value) {
    const digits = value >= 0.01 || value === 0 ? 2 : 6;
    return "$" + value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  function ranged({ low, expected, high }) {
    const ends = [dollars(low), dollars(high)];
    return ends[0] === ends[1] ? dollars(expected) : `${dollars(expected)} (${ends[0]} to ${ends[1]})`;
  }

  const percent = (part, whole) => `${whole ? Math.round(100 * part / whole) : 0} %`;

  function rounded(images) {
    const unit = 10 ** Math.max(0, String(images).length - 2);
    const near = Math.round(images / unit);
    return ((images / unit) % 1 === 0.5 && near % 2 ? near - 1 : near) * unit;
  }

  const count = (images) => images.toLocaleString("en-US");

  function first(low, high, holds) {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (holds(middle)) high = middle; else low = middle;
    }
    return high;
  }

  function places(one, other, state) {
    const of = (usage) => (images) => bill(usage, images, state);
    const gap = (images) => of(one)(images).expected - of(other)(images).expected;
    const certain = (cheap, dear) => (images) => below(cheap, of(cheap)(images), dear, of(dear)(images));
    const signed = volumes.map((volume) => [volume, gap(volume)]).filter(([, found]) => found);
    const said = [];
    for (let at = 1; at < signed.length; at += 1) {
      const [[low, before], [high, after]] = [signed[at - 1], signed[at]];
      if (before > 0 === after > 0) continue;
      const images = first(low, high, (volume) => gap(volume) > 0 !== before > 0);
      const [under, over] = before > 0 ? [other, one] : [one, other];
      const sure = [
        [under, "up to", last(images, certain(under, over))],
        [over, "from", firstSure(images, certain(over, under))],
      ].filter(([, , volume]) => volume);
      const claims = sure.map(([usage, how, volume]) =>
        fill("sure", { name: usage.label, words: how, volume: count(rounded(volume)) }));
      said.push(fill("swap", {
        images: count(rounded(images)), amount: dollars(of(over)(images).expected),
        below: under.label, above: over.label, claim: claims.join(" and ") || words.unsure,
      }));
    }
    return said.join(" ");
  }

  function last(images, holds) {
    let near = images;
    for (const point of volumes.filter((volume) => volume < images).reverse()) {
      if (holds(point)) return first(point, near, (volume) => !holds(volume)) - 1;
      near = point;
    }
    return null;
  }

  function firstSure(images, holds) {
    if (holds(images)) return images;
    let near = images;
    for (const point of volumes.filter((volume) => volume > images)) {
      if (holds(point)) return first(near, point, holds);
      near = point;
    }
    return null;
  }

  function why(own, other) {
    const by = (found) => purposes.map((name) => sum(found.lines.filter((line) => line.purpose === name), "amount"));
    const [mine, theirs] = [by(own), by(other)];
    const gaps = mine.map((amount, at) => Math.abs(theirs[at] - amount));
    const at = gaps.indexOf(Math.max(...gaps));
    if (!gaps[at]) return "";
    return fill("why", { purpose: purposes[at], own: dollars(mine[at]), other: dollars(theirs[at]) });
  }

  // A price whose bounds are so far apart has two readings and no range.
  function disputed(label, found) {
    return found.lines.filter((line) => line.low && line.high >= 100 * line.low).map((line) => fill("disputed", {
      label, meter: line.title,
      low: dollars(found.expected - line.amount + line.low), high: dollars(found.expected - line.amount + line.high),
    })).join(" ");
  }

  function largest(label, found) {
    const paid = found.lines.filter((line) => line.amount).sort((one, other) => other.amount - one.amount);
    if (!paid.length) return fill("nothing", { label });
    const then = paid.slice(1, 2).map((line) =>
      fill("then", { second: line.title, share: percent(line.amount, found.expected) })).join("");
    return fill("largest", {
      label, first: paid[0].title, share: percent(paid[0].amount, found.expected), amount: dollars(paid[0].amount), then,
    });
  }

  function saved(usages, found) {
    return usages.filter((each) => each.granularity === "fused").flatMap((fused) => {
      const stepwise = usages.find((each) => each.granularity === "stepwise" && each.stack === fused.stack);
      if (!stepwise) return [];
      const [one, other] = [found.get(stepwise), found.get(fused)];
      const change = one.expected - other.expected;
      const changes = BOUNDS.map((bound) => Math.abs(one[bound] - other[bound]));
      const [low, high] = [dollars(Math.min(...changes)), dollars(Math.max(...changes))];
      return [fill(change >= 0 ? "saves" : "adds", {
        fused: fused.label, stepwise: stepwise.label, change: dollars(Math.abs(change)),
        share: percent(Math.abs(change), one.expected), ends: low === high ? "" : fill("ends", { low, high }),
      })];
    }).join(" ");
  }

  // The cheapest, and the best of the other cloud, or else the second cheapest.
  function rivals(usages, found) {
    const ranked = [...usages].sort((one, other) => found.get(one).expected - found.get(other).expected);
    return [ranked[0], ranked.find((each) => each.cloud !== ranked[0].cloud) || ranked[1]];
  }

  // The cells of a line of the table of volumes, after the volume.
  function line(usages, images, state) {
    const found = new Map(usages.map((each) => [each, bill(each, images, state)]));
    const [best, rival] = rivals(usages, found);
    const cells = [best.label, ranged(found.get(best))];
    if (!rival) return [...cells, "-", "-", "-"];
    const claim = below(best, found.get(best), rival, found.get(rival)) ? words.claim : words["no claim"];
    return [...cells, rival.label, ranged(found.get(rival)), claim];
  }

  function answers(usages, images, state) {
    const found = new Map(usages.map((each) => [each, bill(each, images, state)]));
    const [best, rival] = rivals(usages, found);
    const own = found.get(best);
    if (!rival) {
      const alone = [fill("alone", { cheap: best.label, own: ranged(own) }), disputed(best.label, own)];
      return { cheapest: alone.filter(Boolean).join(" "), largest: largest(best.label, own) };
    }
    const other = found.get(rival);
    const close = usages.filter((each) => ![best, rival].includes(each) && !below(best, own, each, found.get(each)));
    const said = {
      cheapest: [
        fill(below(best, own, rival, other) ? "certain" : "open",
          { cheap: best.label, own: ranged(own), rival: rival.label, other: ranged(other) }),
        why(own, other), disputed(best.label, own), disputed(rival.label, other),
        close.length ? fill("close", { cheap: best.label, others: close.map((each) => each.label).join(", ") }) : "",
      ].filter(Boolean).join(" "),
      places: places(best, rival, state) || fill("never", { cheap: best.label, rival: rival.label }),
      largest: `${largest(best.label, own)} ${largest(rival.label, other)}`,
    };
    const twins = saved(usages, found);
    return twins ? { ...said, fused: twins } : said;
  }

  return { bill, answers, line, dollars, ranged, count };
})();
