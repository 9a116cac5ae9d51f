"""Purpose: every figure and table from one tidy file of its own, in every language.

Inputs:  the panel, the counts, the models an exhibit names, the codebook
Outputs: results/aggregate/exhibits/{exhibit}.csv, then reports/figures/ and reports/tables/
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
        " --codebook {input.codebook}"
        " --out {output.data} 2> {log}"


rule figure:
    """Draw one figure from its data, in every language."""
    input:
        data="results/aggregate/exhibits/{figure}.csv",
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/figures/{figure}.csv",
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
        " --codebook {input.codebook} --out {output.data} --pictures {output.pictures} 2> {log}"


rule table:
    """Lay out one table from its data, in every language."""
    input:
        data="results/aggregate/exhibits/{table}.csv",
        codebook=ancient(STUDY.codebook),
    output:
        data="reports/tables/{table}.csv",
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
        " --codebook {input.codebook} --out {output.data} --pages {output.pages} 2> {log}"
