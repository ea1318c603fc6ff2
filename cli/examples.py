"""Examples for the help of every command; a test parses each."""

from __future__ import annotations

# By command, as it is typed; commands with subcommands have theirs.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "process": (
        "twinlens process holiday/ --out out/photos",
        "twinlens process photo.jpg --recipe gallery --json",
    ),
    "filters": ("twinlens filters", "twinlens filters --json"),
    "submit": (
        "twinlens submit photo.jpg -s aws-local --wait",
        "twinlens submit photo.jpg -s azure --wait --timeout 60 --json",
        "twinlens submit photo.jpg --via-api https://example.com --wait",
    ),
    "web": ("twinlens web", "twinlens web -s aws-local --port 8701"),
    "bench": (
        "twinlens bench -s aws-local -s azure-local --photos samples --bursts 2 --burst-size 12",
        "twinlens bench -s aws --photos samples --rate 5",
    ),
    "collect": ("twinlens collect runs/2026-11-26T10-00-00-aws",),
    "report": (
        "twinlens report runs/* --images-per-month 50000 --out out",
        "twinlens report runs/2026-11-26T10-00-00-aws --fail-if 'p95 > 3s' --fail-if 'cost_per_1000 > 0.30'",
    ),
    "runs list": ("twinlens runs list", "twinlens runs list --stack aws --folder runs"),
    "runs show": ("twinlens runs show runs/2026-11-26T10-00-00-aws",),
    "runs label": ("twinlens runs label runs/2026-11-26T10-00-00-aws 'before the new filter'",),
    "cost": (
        "twinlens cost usage.toml --region eu-west-1 --no-free-tier",
        "twinlens cost usage.toml --terms terms.toml",
    ),
    "estimate": (
        "twinlens estimate -s aws --images-per-month 50000",
        "twinlens estimate -s aws --images-per-month 50000 --sweep memoryMb",
    ),
    "simulate": ("twinlens simulate workload.toml", "twinlens simulate workload.toml --json"),
    "advise": (
        "twinlens advise --images-per-month 100000 --p95 5s",
        "twinlens advise --images-per-month 2000000 --arrivals poisson --photos samples --thorough",
    ),
    "calibrate": (
        "twinlens calibrate samples --out work.toml",
        "twinlens calibrate runs/2026-11-26T10-00-00-aws --out aws.toml",
    ),
    "doctor": ("twinlens doctor",),
    "batch": (
        "twinlens batch -s aws-local --prefix incoming/ --wait",
        "twinlens batch -s aws --manifest photos.csv --recipe vintage --concurrency 50",
    ),
    "batch show": ("twinlens batch show 3f2a -s aws-local",),
    "batch redrive": ("twinlens batch redrive 3f2a -s aws-local --wait",),
    "jobs list": ("twinlens jobs list -s aws-local --state failed --limit 20",),
    "jobs show": ("twinlens jobs show 3f2a -s aws-local",),
    "jobs get": ("twinlens jobs get 3f2a -s aws-local --out out",),
    "jobs approve": ("twinlens jobs approve 3f2a -s aws",),
    "jobs reject": ("twinlens jobs reject 3f2a -s aws --reason 'not ours'",),
    "jobs reconcile": ("twinlens jobs reconcile -s aws --dry-run",),
    "jobs redrive": ("twinlens jobs redrive -s aws --dry-run",),
    "local up": ("twinlens local up", "twinlens local up -s aws-local"),
    "local down": ("twinlens local down",),
    "local status": ("twinlens local status --json",),
    "local listen": ("twinlens local listen -s aws-local",),
    "local env": ('eval "$(twinlens local env)"', 'eval "$(twinlens local env --unset)"'),
    "photos make": ("twinlens photos make set --count 50 --megapixels 12 --megapixels 24 --format jpeg",),
    "prices show": ("twinlens prices show aws.lambda --region eu-west-1",),
    "prices check": ("twinlens prices check --old-after 90",),
    "prices refresh": ("twinlens prices refresh aws.lambda --region eu-west-1",),
}
