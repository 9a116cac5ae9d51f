"""Purpose: the numbers of the text, the report, and what a reviewer may hold us to.

Inputs:  released exhibits, models, counts, the source of the report, the expected numbers
Outputs: reports/numbers.json, verify.json, report.*, manifest.json, and the release gate
Steps:   numbers -> compare -> report (one job per language) -> manifest -> release-check
"""

EXHIBIT_DATA = [
    *expand("reports/figures/{figure}.csv", figure=FIGURES),
    *expand("reports/tables/{table}.csv", table=TABLES),
]
READMES = [
    *expand("reports/figures/{figure}.README.md", figure=FIGURES),
    *expand("reports/tables/{table}.README.md", table=TABLES),
]
EXHIBIT_RECORDS = [
    *expand("results/provenance/exhibit/{exhibit}.json", exhibit=COSTLY),
    *expand("results/provenance/figure/{figure}.json", figure=FIGURES),
    *expand("results/provenance/table/{table}.json", table=TABLES),
]
RECORDS = [
    "results/provenance/ingest.json",
    "results/provenance/harmonise.json",
    *(["results/provenance/recover.json"] if RECOVERED else []),
    *expand("results/provenance/fit/{model}.json", model=MODELS),
    *expand("results/provenance/operate/{model}.json", model=OPERATED),
    *EXHIBIT_RECORDS,
    "results/provenance/numbers.json",
    "results/provenance/compare.json",
]
NOTEBOOK_PAGES = expand("reports/notebooks/{notebook}.{lang}.html", notebook=NOTEBOOKS, lang=LANGUAGES)


rule numbers:
    """Collect every number that the report prints, each with the file and row it stands in."""
    input:
        exhibits=EXHIBIT_DATA,
        models=expand("results/aggregate/models/{model}.json", model=MODELS),
        counts=[
            "results/aggregate/flow.csv",
            "results/aggregate/findings.json",
            "results/aggregate/missing.csv",
            *RECOVERED,
        ],
        source=ancient(CONFIG.report.source),
    output:
        numbers="reports/numbers.json",
        record="results/provenance/numbers.json",
    log:
        "logs/numbers.log",
    params:
        spec=spec("numbers"),
        code=code("numbers"),
        env=env("numbers"),
        codebook=digest(STUDY.codebook),
        source=digest(f"{CONFIG.report.source}/numbers.yaml"),
    shell:
        "netwerkkracht numbers --record {output.record} --source {input.source}"
        " --out {output.numbers} 2> {log}"


rule compare:
    """Compare every exhibit and number with the expected ones of the published run."""
    input:
        exhibits=EXHIBIT_DATA,
        numbers="reports/numbers.json",
    output:
        verdict="reports/verify.json",
        record="results/provenance/compare.json",
    log:
        "logs/compare.log",
    priority: 10
    params:
        spec=spec("compare"),
        code=code("compare"),
        env=env("compare"),
        reference=digest(STUDY.reference) if STUDY.reference else "",
    shell:
        "netwerkkracht compare --record {output.record} --reports reports --numbers {input.numbers}"
        " --out {output.verdict} 2> {log}"


rule report:
    """Make the report in one language, as one web page and as PDF."""
    input:
        exhibits=EXHIBIT_DATA,
        pictures=expand("reports/figures/{figure}.{{lang}}.{kind}", figure=FIGURES, kind=PICTURES),
        tables=expand("reports/tables/{table}.{{lang}}.html", table=TABLES),
        readmes=READMES,
        models=expand("results/aggregate/models/{model}.json", model=MODELS),
        numbers="reports/numbers.json",
        verdict="reports/verify.json",
        findings="results/aggregate/findings.json",
        missing="results/aggregate/missing.csv",
        recovery=RECOVERED,
        records=RECORDS,
        source=ancient(CONFIG.report.source),
        codebook=ancient(STUDY.codebook),
    output:
        page="reports/report.{lang}.html",
        pdf="reports/report.{lang}.pdf",
        record="results/provenance/report/{lang}.json",
    log:
        "logs/report/{lang}.log",
    # two long jobs: before the notebooks, so that no core is idle at the end
    priority: 10
    params:
        spec=spec("report"),
        code=code("report"),
        env=env("report"),
        codebook=digest(STUDY.codebook),
        source=digest(CONFIG.report.source),
    shell:
        "netwerkkracht report --record {output.record} --language {wildcards.lang} --source {input.source}"
        " --codebook {input.codebook} --reports reports --records results/provenance"
        " --page {output.page} --pdf {output.pdf} 2> {log}"


rule manifest:
    """List every released file with its hash and how it was made."""
    input:
        records=[
            *RECORDS,
            *expand("results/provenance/report/{lang}.json", lang=LANGUAGES),
            *expand("results/provenance/notebook/{notebook}.json", notebook=NOTEBOOKS),
        ],
        reports=[
            *EXHIBIT_DATA,
            *READMES,
            *expand("reports/figures/{figure}.{lang}.{kind}", figure=FIGURES, lang=LANGUAGES, kind=PICTURES),
            *expand("reports/tables/{table}.{lang}.html", table=TABLES, lang=LANGUAGES),
            "reports/numbers.json",
            "reports/verify.json",
            *expand("reports/report.{lang}.{kind}", lang=LANGUAGES, kind=["html", "pdf"]),
            *NOTEBOOK_PAGES,
        ],
    output:
        manifest="reports/manifest.json",
    log:
        "logs/manifest.log",
    params:
        spec=spec("manifest"),
        code=code("manifest"),
        env=env("manifest"),
    shell:
        "netwerkkracht manifest --records results/provenance --reports reports"
        " --out {output.manifest} 2> {log}"


rule release_check:
    """Refuse released files with row-level data, small cells or no line in the manifest."""
    input:
        manifest="reports/manifest.json",
    output:
        verdict="results/aggregate/release.json",
    log:
        "logs/release-check.log",
    params:
        spec=spec("release-check"),
        code=code("release-check"),
        env=env("release-check"),
    shell:
        "netwerkkracht release-check --manifest {input.manifest} --out {output.verdict} 2> {log}"
