"""Make a synthetic study: the truth first, then the SPSS files a fieldwork would have made of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
    parser.add_argument("--seed", type=_seed, help="root seed (default: the seed of the configuration)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number of 0 or more")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Write the study and say what was written; no microdata are read."""
    from netwerkkracht.spss.register import register_again
    from netwerkkracht.study.config import read_config
    from netwerkkracht.synth.run import synthesise

    config = read_config(args.config)
    seed = config.seed if args.seed is None else args.seed
    made = synthesise(Path(config.study.codebook), seed, args.out)
    if config.study.received is not None:
        register_again(Path(config.study.received), [args.out / name for name in made.files])
    sys.stdout.write(f"{made.rows} rows of truth and {len(made.files)} files in {args.out.as_posix()}\n")
    sys.stdout.write(
        f"seed {made.seed}, draw {made.attempt}: the first that shows every declared direction\n"
    )
    return 0


STEP = Step("make a synthetic study: the truth first, then the distorted SPSS files", run, add_arguments)
