"""The study as data: typed, frozen facts read from a folder of small CSV files and one YAML."""

from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.read import examine_codebook, read_codebook

__all__ = ["Codebook", "examine_codebook", "read_codebook"]
