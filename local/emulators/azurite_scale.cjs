// Azurite finds one blob by looking through all blobs of its account, and writes all that it holds every five seconds.
// With ten thousand photos and their outputs, that takes most of its time. Loaded before Azurite, this lets it find by
// name first, and write for at most a twentieth of the time.
"use strict";

const Loki = require("lokijs");

const SHARE = 20;
const SELECTIVE = ["name", "blobName", "messageId"]; // indexed, and hardly ever shared

const isSelective = (condition) => {
  const [field] = Object.keys(condition);
  return SELECTIVE.includes(field) && typeof condition[field] === "string";
};

// Of several conditions, only the first uses an index.
const { Resultset } = Loki;
const findAnd = Resultset.prototype.findAnd;
Resultset.prototype.findAnd = Resultset.prototype.$and = function (conditions) {
  const others = conditions.filter((each) => !isSelective(each));
  return findAnd.call(this, [...conditions.filter(isSelective), ...others]);
};

const { saveDatabase, autosaveDirty } = Loki.prototype;
Loki.prototype.saveDatabase = function (callback) {
  const began = performance.now();
  return saveDatabase.call(this, (error) => {
    const ended = performance.now();
    this.restsUntil = ended + SHARE * (ended - began);
    if (callback) callback(error);
    else if (error) throw error;
  });
};
// Asked by the timer, and once more when the database is closed, without a timer.
Loki.prototype.autosaveDirty = function () {
  if (this.autosaveHandle && performance.now() < this.restsUntil) return false;
  return autosaveDirty.call(this);
};
