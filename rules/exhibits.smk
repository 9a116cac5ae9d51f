"""Purpose: every figure and table from one tidy file of its own, in every language.

Inputs:  the panel, the counts, the models an exhibit names, the codebook
Outputs: reports/figures/ and reports/tables/: the data, what shows them, and a README each
Steps:   figure, table (the data, then pictures or pages from that CSV and nothing else); for a figure whose data
         take long two jobs: data, then draw
"""


rule figure:
    """Make one figure: its data, and its pictures in every language."""
    input:
        panel="results/restricted/panel.csv",
        set_aside="results/aggregate/set_aside.csv",
        models=lambda wildcards: material(wildcards.figure)["models"],
        operating=lambda wildcards: material(wildcards.figure)["operating"],
        codes=lambda wildcards: material(wildcards.figure)["codes"],
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/figures/{figure}.csv",
        readme="reports/figures/{figure}.README.md",
        pictures=expand("reports/figures/{{figure}}.{lang}.{kind}", lang=LANGUAGES, kind=PICTURES),
        record="results/provenance/figure/{figure}.json",
    log:
        "logs/figure/{figure}.log",
    params:
        spec=spec("figure"),
        code=code("figure", about=WHOLE),
        env=env("figure", about=WHOLE),
        codebook=CODEBOOK,
        published=digest(STUDY.published) if STUDY.published else "",
    shell:
        "netwerkkracht figure --record {output.record} --exhibit {wildcards.figure} --panel {input.panel}"
        " --set-aside {input.set_aside} --models {input.models} --operating {input.operating}"
        " --codes {input.codes} --codebook {input.codebook} --data {output.data}"
        " --readme {output.readme} --pictures {output.pictures} 2> {log}"


rule table:
    """Make one table: its data, and its pages in every language."""
    input:
        panel="results/restricted/panel.csv",
        set_aside="results/aggregate/set_aside.csv",
        models=lambda wildcards: material(wildcards.table)["models"],
        operating=lambda wildcards: material(wildcards.table)["operating"],
        codes=lambda wildcards: material(wildcards.table)["codes"],
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/tables/{table}.csv",
        readme="reports/tables/{table}.README.md",
        pages=expand("reports/tables/{{table}}.{lang}.html", lang=LANGUAGES),
        record="results/provenance/table/{table}.json",
    log:
        "logs/table/{table}.log",
    params:
        spec=spec("table"),
        code=code("table", about=TABLES),
        env=env("table", about=TABLES),
        codebook=CODEBOOK,
        published=digest(STUDY.published) if STUDY.published else "",
    shell:
        "netwerkkracht table --record {output.record} --exhibit {wildcards.table} --panel {input.panel}"
        " --set-aside {input.set_aside} --models {input.models} --operating {input.operating}"
        " --codes {input.codes} --codebook {input.codebook} --data {output.data}"
        " --readme {output.readme} --pages {output.pages} 2> {log}"


rule data:
    """Make the data of one figure that take long."""
    input:
        panel="results/restricted/panel.csv",
        set_aside="results/aggregate/set_aside.csv",
        models=lambda wildcards: material(wildcards.costly)["models"],
        operating=lambda wildcards: material(wildcards.costly)["operating"],
        codes=lambda wildcards: material(wildcards.costly)["codes"],
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/figures/{costly}.csv",
        record="results/provenance/exhibit/{costly}.json",
    log:
        "logs/data/{costly}.log",
    params:
        spec=spec("data"),
        # of every exhibit: the manifest and the report say it of all data
        code=code("data", about=[*FIGURES, *TABLES]),
        env=env("data", about=[*FIGURES, *TABLES]),
        codebook=CODEBOOK,
        published=digest(STUDY.published) if STUDY.published else "",
    shell:
        "netwerkkracht data --record {output.record} --exhibit {wildcards.costly} --panel {input.panel}"
        " --set-aside {input.set_aside} --models {input.models} --operating {input.operating}"
        " --codes {input.codes} --codebook {input.codebook} --data {output.data} 2> {log}"


rule draw:
    """Draw that figure from its data, in every language."""
    input:
        data="reports/figures/{costly}.csv",
        made="results/provenance/exhibit/{costly}.json",
        codebook=ancient(STUDY.codebook),
    output:
        readme="reports/figures/{costly}.README.md",
        pictures=expand("reports/figures/{{costly}}.{lang}.{kind}", lang=LANGUAGES, kind=PICTURES),
        record="results/provenance/figure/{costly}.json",
    log:
        "logs/draw/{costly}.log",
    params:
        spec=spec("draw"),
        code=code("draw", about=COSTLY),
        env=env("draw", about=COSTLY),
        codebook=CODEBOOK,
    shell:
        "netwerkkracht draw --record {output.record} --exhibit {wildcards.costly} --data {input.data}"
        " --made {input.made} --codebook {input.codebook} --readme {output.readme}"
        " --pictures {output.pictures} 2> {log}"
