"""Purpose: every figure and table from one tidy file of its own, in every language.

Inputs:  the panel, the counts, the models an exhibit names, the codebook
Outputs: results/aggregate/exhibits/{exhibit}.csv, then reports/figures/ and reports/tables/, a README each
Steps:   exhibit (the data) -> figure or table (drawn from that CSV and nothing else)
"""


rule exhibit:
    """Make the tidy data behind one figure or table."""
    input:
        panel="results/restricted/panel.csv",
        set_aside="results/aggregate/set_aside.csv",
        models=lambda wildcards: [
            f"results/aggregate/models/{model}.json"
            for model in exhibit_models(CONFIG, wildcards.exhibit)
            if wildcards.exhibit not in SIMULATED
        ],
        operating=lambda wildcards: [
            f"results/aggregate/operating/{model}.csv"
            for model in exhibit_models(CONFIG, wildcards.exhibit)
            if wildcards.exhibit in SIMULATED
        ],
        codes=lambda wildcards: ["results/aggregate/codes.csv"] if wildcards.exhibit in OF_CODES else [],
        codebook=ancient(STUDY.codebook),
    output:
        data="results/aggregate/exhibits/{exhibit}.csv",
        record="results/provenance/exhibit/{exhibit}.json",
    log:
        "logs/exhibit/{exhibit}.log",
    benchmark:
        "benchmarks/jobs/exhibit/{exhibit}.tsv"
    params:
        spec=spec("exhibit"),
        code=kind_code("exhibit"),
        env=kind_env("exhibit"),
        codebook=CODEBOOK,
        published=digest(STUDY.published) if STUDY.published else "",
    shell:
        "netwerkkracht exhibit --record {output.record} --exhibit {wildcards.exhibit} --panel {input.panel}"
        " --set-aside {input.set_aside} --models {input.models} --operating {input.operating}"
        " --codes {input.codes} --codebook {input.codebook}"
        " --out {output.data} 2> {log}"


rule figure:
    """Draw one figure from its data, in every language."""
    input:
        data="results/aggregate/exhibits/{figure}.csv",
        made="results/provenance/exhibit/{figure}.json",
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/figures/{figure}.csv",
        readme="reports/figures/{figure}.README.md",
        pictures=expand("reports/figures/{{figure}}.{lang}.{kind}", lang=LANGUAGES, kind=PICTURES),
        record="results/provenance/figure/{figure}.json",
    log:
        "logs/figure/{figure}.log",
    benchmark:
        "benchmarks/jobs/figure/{figure}.tsv"
    params:
        spec=spec("figure"),
        code=kind_code("figure"),
        env=kind_env("figure"),
        codebook=CODEBOOK,
    shell:
        "netwerkkracht figure --record {output.record} --exhibit {wildcards.figure} --data {input.data}"
        " --made {input.made} --codebook {input.codebook} --out {output.data} --readme {output.readme}"
        " --pictures {output.pictures} 2> {log}"


rule table:
    """Lay out one table from its data, in every language."""
    input:
        data="results/aggregate/exhibits/{table}.csv",
        made="results/provenance/exhibit/{table}.json",
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/tables/{table}.csv",
        readme="reports/tables/{table}.README.md",
        pages=expand("reports/tables/{{table}}.{lang}.html", lang=LANGUAGES),
        record="results/provenance/table/{table}.json",
    log:
        "logs/table/{table}.log",
    benchmark:
        "benchmarks/jobs/table/{table}.tsv"
    params:
        spec=spec("table"),
        code=kind_code("table"),
        env=kind_env("table"),
        codebook=CODEBOOK,
    shell:
        "netwerkkracht table --record {output.record} --exhibit {wildcards.table} --data {input.data}"
        " --made {input.made} --codebook {input.codebook} --out {output.data} --readme {output.readme}"
        " --pages {output.pages} 2> {log}"
