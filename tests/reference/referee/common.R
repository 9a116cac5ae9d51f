suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(emmeans); library(nlme); library(jsonlite); library(numDeriv)})
invisible(Sys.setlocale("LC_ALL", "C.UTF-8")); invisible(Sys.setlocale("LC_COLLATE", "C"))
emm_options(lmerTest.limit = 1e5, pbkrtest.limit = 1e5)
keep <- list(); kinds <- list()
save_data <- function(name, d, ordered = list()) {
  for (v in names(d)) if (is.factor(d[[v]])) d[[v]] <- as.character(d[[v]])
  kind <- sapply(d, function(v) if (is.character(v)) "text" else if (is.logical(v)) "logical" else "number")
  path <- file.path("data", paste0(name, ".csv"))
  write.table(d, path, sep = ";", row.names = FALSE, quote = FALSE, na = "", fileEncoding = "UTF-8")
  d <- read.csv(path, sep = ";", stringsAsFactors = FALSE, encoding = "UTF-8", check.names = FALSE,
    colClasses = unname(c(text = "character", logical = "logical", number = "numeric")[kind]), na.strings = c("", "NA"))
  for (v in names(ordered)) d[[v]] <- factor(d[[v]], levels = ordered[[v]])
  keep[[name]] <<- d; kinds[[name]] <<- list(kind = as.list(kind), order = ordered)
}
named <- function(n, v) setNames(as.list(as.numeric(v)), as.character(n))
frame <- function(d) { d <- tryCatch(as.data.frame(d), error = function(e) NULL); if (is.null(d)) NULL else as.list(d) }
quiet <- function(e) suppressMessages(suppressWarnings(e))
