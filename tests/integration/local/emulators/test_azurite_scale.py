"""What is loaded before Azurite lets its database find one of many blobs at once, and lose nothing."""

import json
import subprocess

import pytest

from local.state import CHECKOUT
from local.toolchain import node

SCRIPT = """
require("./local/emulators/azurite_scale.cjs");
const Loki = require("./local/node_modules/lokijs");
let looks = 0;
const db = new Loki(process.argv[1], { autosave: true, autosaveInterval: 10 });
const blobs = db.addCollection("blobs", { indices: ["accountName", "containerName", "name"] });
for (let number = 0; number < 2000; number++) {
  const blob = { accountName: "a", name: `${number % 1000}` };
  Object.defineProperty(blob, "containerName", {
    get: () => { looks++; return number < 1000 ? "in" : "out"; }, enumerable: true,
  });
  blobs.insert(blob);
}
blobs.ensureIndex("name");
looks = 0;
const found = blobs.findOne({ accountName: "a", containerName: "out", name: "7" });
const told = { found: [found.containerName, found.name], looks };
told.all = blobs.find({ accountName: "a" }).length;
db.saveDatabase(() => {
  db.restsUntil = performance.now() + 60_000;
  blobs.insert({ accountName: "a", containerName: "in", name: "late" });
  told.resting = !db.autosaveDirty();
  db.close(() => {
    told.kept = JSON.parse(require("fs").readFileSync(process.argv[1])).collections[0].data.length;
    console.log(JSON.stringify(told));
  });
});
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    file = tmp_path_factory.mktemp("loki") / "blobs.json"
    command = [node.find().node, "-e", SCRIPT, str(file)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_blob_is_found_by_its_name_among_many(told):
    assert told["found"] == ["out", "7"]
    assert told["looks"] < 20
    assert told["all"] == 2000


def test_what_changed_while_saving_rests_is_saved_when_the_database_is_closed(told):
    assert told["resting"]
    assert told["kept"] == 2001
