"""The released numbers are the same bytes whatever the processor: the main exhibits under three kernels.

A kernel is the part of OpenBLAS written for one family of processors; another one adds in another order. The
oldest family runs without the vector instructions of numpy as well. What is compared is the committed
reference, so the machine that accepted it takes part.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from project import command, copy_project, surroundings

from netwerkkracht.core import io
from netwerkkracht.core.precision import rounded
from netwerkkracht.exhibits.registry import kind_of
from netwerkkracht.report.inputs import number_files
from netwerkkracht.run.verify import exhibit_file
from netwerkkracht.study.config import read_config

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
# as asked for -> as OpenBLAS calls what it took
KERNELS = {"Haswell": {"Haswell", "Zen"}, "Nehalem": {"Nehalem"}, "Prescott": {"Prescott", "Katmai"}}
# one model of each engine is simulated in full, the others cost more than they tell
SIMULATED = ("zrm_change", "network_any")
ASK = """
import ctypes, pathlib, numpy, scipy.linalg
for library in sorted({line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}):
    known = ctypes.CDLL(library)
    names = ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename")
    name = next(name for name in names if hasattr(known, name))
    getattr(known, name).restype = ctypes.c_char_p
    print(getattr(known, name)().decode())
"""


def processor(folder, kernel):
    """Return surroundings in which numpy and scipy believe in another processor."""
    more = {"OPENBLAS_CORETYPE": kernel}
    if kernel == "Prescott":
        known = np._core._multiarray_umath
        found = [name for name in known.__cpu_dispatch__ if known.__cpu_features__.get(name)]
        more["NPY_DISABLE_CPU_FEATURES"] = " ".join(found)
    return surroundings(folder, **more)


def kernels_in_use(settings):
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=settings, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("kernel", KERNELS)
def test_another_processor_gives_the_same_bytes(kernel, tmp_path):
    cpu = Path("/proc/cpuinfo")
    if not cpu.is_file() or not kernels_in_use(dict(os.environ)):
        pytest.skip("needs Linux and wheels that bring OpenBLAS")
    if kernel == "Haswell" and "avx2" not in cpu.read_text(encoding="utf-8"):
        pytest.skip("this processor cannot run that kernel")
    folder = copy_project(tmp_path / kernel)
    settings = processor(folder, kernel)
    # numpy and scipy bring a library each: both must have listened, or the test proves nothing
    taken = kernels_in_use(settings)
    assert len(taken) >= 2
    assert set(taken) <= KERNELS[kernel]

    reference = folder / "reports" / "reference"
    config = read_config(folder / "config.yaml")
    names = [item.id for item in config.exhibits if "operating" not in kind_of(item.kind).needs]
    files = {name: folder / "reports" / exhibit_file(name) for name in names}
    targets = [path.relative_to(folder).as_posix() for path in files.values()]
    targets += [name for name in number_files(folder / "reports" / "source") if name.startswith("results/")]
    targets += [f"results/aggregate/operating/{model}.csv" for model in SIMULATED]
    done = command(folder, "run", "--cores", "2", *targets, settings=settings)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    expected = {name: (reference / exhibit_file(name)).read_bytes() for name in names}
    assert [name for name in names if files[name].read_bytes() != expected[name]] == []
    assert len(names) > 30
    for model in SIMULATED:
        (row,) = io.read_csv(folder / f"results/aggregate/operating/{model}.csv").to_dict("records")
        (known,) = [row for row in io.read_rows(reference / "tables/table-7.csv") if row["model"] == model]
        shared = set(row) & set(known)
        assert len(shared) > 10
        assert {key: io.cell_text(rounded(row[key], key)) for key in shared} == {
            key: known[key] for key in shared
        }

    # the numbers of the text, with the simulated exhibits as they are expected
    for exhibit in config.exhibits:
        if exhibit.id not in files:
            place = exhibit_file(exhibit.id)
            shutil.copyfile(reference / place, folder / "reports" / place)
    source = ["--source", "reports/source", "--out", "reports/numbers.json"]
    verdict = ["--reports", "reports", "--numbers", "reports/numbers.json", "--out", "reports/verify.json"]
    for words in (["numbers", *source], ["compare", *verdict]):
        done = command(folder, *words, settings=settings)
        assert done.returncode == 0, done.stderr[-2000:]
    found = io.read_json(folder / "reports" / "verify.json")
    assert found["passed"]
    assert {item["outcome"] for item in (*found["exhibits"], *found["numbers"])} == {"same"}
