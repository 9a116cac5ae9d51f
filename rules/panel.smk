"""Purpose: from the SPSS files to one panel, person by wave, with nobody dropped silently.

Inputs:  the SPSS files and the codebook
Outputs: results/restricted/ (row-level: never released) and counts in results/aggregate/
Steps:   ingest -> harmonise -> recover (synthetic studies only)
"""


rule ingest:
    """Read the SPSS files as stored: values, labels and missing codes kept apart."""
    input:
        files=[f"{STUDY.data}/{name}" for name in FILES.values()],
        study=f"{STUDY.codebook}/study.yaml",
    output:
        values=expand("results/restricted/ingest/{file}.csv", file=FILES),
        labels=expand("results/restricted/ingest/{file}.json", file=FILES),
        record="results/provenance/ingest.json",
    log:
        "logs/ingest.log",
    # nearly everything waits for the panel
    priority: 30
    params:
        spec=spec("ingest"),
        code=code("ingest"),
        env=env("ingest"),
        raw=digest(f"{STUDY.codebook}/study.yaml", *[f"{STUDY.data}/{name}" for name in FILES.values()]),
        register=digest(STUDY.received) if STUDY.received else "",
    shell:
        "netwerkkracht ingest --record {output.record} --files {input.files:q} --study {input.study}"
        " --values {output.values} --labels {output.labels} 2> {log}"


rule harmonise:
    """Recode, link, score and assemble the panel; count who was set aside and why."""
    input:
        values=expand("results/restricted/ingest/{file}.csv", file=FILES),
        labels=expand("results/restricted/ingest/{file}.json", file=FILES),
        codebook=ancient(STUDY.codebook),
    output:
        panel="results/restricted/panel.csv",
        trace="results/restricted/trace.csv",
        set_aside="results/aggregate/set_aside.csv",
        findings="results/aggregate/findings.json",
        flow="results/aggregate/flow.csv",
        missing="results/aggregate/missing.csv",
        codes="results/aggregate/codes.csv",
        record="results/provenance/harmonise.json",
    log:
        "logs/harmonise.log",
    priority: 30
    params:
        spec=spec("harmonise"),
        code=code("harmonise"),
        env=env("harmonise"),
        codebook=CODEBOOK,
    shell:
        "netwerkkracht harmonise --record {output.record} --values {input.values} --labels {input.labels}"
        " --codebook {input.codebook} --panel {output.panel} --trace {output.trace}"
        " --set-aside {output.set_aside} --findings {output.findings} --flow {output.flow}"
        " --missing {output.missing} --codes {output.codes} 2> {log}"


rule recover:
    """Compare the panel of a synthetic study with its truth, cell by cell; any difference stops the run."""
    input:
        panel="results/restricted/panel.csv",
        findings="results/aggregate/findings.json",
        set_aside="results/aggregate/set_aside.csv",
        truth=ancient(STUDY.truth) if STUDY.truth else [],
        codebook=ancient(STUDY.codebook),
    output:
        recovery="results/aggregate/recovery.json",
        record="results/provenance/recover.json",
    log:
        "logs/recover.log",
    params:
        spec=spec("recover"),
        code=code("recover"),
        env=env("recover"),
        truth=digest(STUDY.truth) if STUDY.truth else "",
    shell:
        "netwerkkracht recover --record {output.record} --panel {input.panel} --findings {input.findings}"
        " --set-aside {input.set_aside} --truth {input.truth} --codebook {input.codebook}"
        " --out {output.recovery} 2> {log}"
