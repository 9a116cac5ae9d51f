"""Time the main job as a user sees it: from nothing, a second time, and the help text.

python benchmarks/main_job.py [--cores 2] [--repeat 3]

Runs in a copy of the project in a temporary folder, with the Python that runs this, environment in place.
Prints a table; wall time depends on what else the machine does, so processor time stands beside it.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "rules", "profiles", "config.yaml", "requirements.lock", "src", "data", "notebooks")


def copy_to(target):
    """Copy what a run needs, without any result."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy2(source, target / name)
    for name in ("source", "reference"):
        if (ROOT / "reports" / name).is_dir():
            shutil.copytree(ROOT / "reports" / name, target / "reports" / name)
    tests = ROOT / "tests" / "notebook_answers.py"
    if tests.is_file():
        (target / "tests").mkdir()
        shutil.copy2(tests, target / "tests")


def timed(folder, *words):
    """Run a command in the copy; return wall and processor seconds."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    settings = {**kept, "PATH": path, "PYTHONPATH": str(folder / "src"), "PYTHONUTF8": "1"}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "netwerkkracht", *words],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # a run whose numbers are not the expected ones has done all its work, and says so with exit code 1
    if done.returncode and "\nverify " not in done.stdout and words[0] != "verify":
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", default="2")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-warm", action="store_true")
    args = parser.parse_args()
    more = ["--no-warm"] if args.no_warm else []
    print("| what | wall s | processor s |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="nk-bench-") as name:
        folder = Path(name)
        copy_to(folder)
        first = timed(folder, "run", "--cores", args.cores, *more)
        print(f"| main job from nothing, {args.cores} cores | {first[0]:.1f} | {first[1]:.1f} |")
        again = min(timed(folder, "run", "--cores", args.cores, *more) for _ in range(args.repeat))
        print(f"| nothing to do | {again[0]:.1f} | {again[1]:.1f} |")
        text = min(timed(folder, "--help") for _ in range(args.repeat))
        print(f"| netwerkkracht --help | {text[0]:.2f} | {text[1]:.2f} |")
        check = min(timed(folder, "verify") for _ in range(args.repeat))
        print(f"| netwerkkracht verify | {check[0]:.2f} | {check[1]:.2f} |")
    print(f"\nload of the machine while measuring: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
