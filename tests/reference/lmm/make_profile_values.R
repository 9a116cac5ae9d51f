# Profile intervals of lme4: run from the project root, after make_values.R, with
#   Rscript tests/reference/lmm/make_profile_values.R
# Writes tests/reference/lmm/profiles.csv (case;quantity;name;value).
suppressMessages(library(lme4))
folder <- "tests/reference/lmm"
cases <- read.csv(file.path(folder, "cases.csv"), sep = ";", stringsAsFactors = FALSE)
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
rows <- list()
put <- function(case, quantity, name, value)
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, name = as.character(name), value = sprintf("%.17g", value))
for (i in c(1, 2, 6, 7, 8, 15, 16, 19, 20, 21, 29)) {
  d <- read.csv(file.path(folder, "data", paste0(cases$data[i], ".csv")), sep = ";", stringsAsFactors = FALSE)
  for (v in c("wave", "person", "Subject")) if (v %in% names(d)) d[[v]] <- as.character(d[[v]])
  cat("profile", i, cases$formula[i], "\n")
  m <- lmer(as.formula(cases$formula[i]), d, REML = FALSE, control = control)
  ci <- try(suppressMessages(suppressWarnings(confint(m, method = "profile", oldNames = FALSE, quiet = TRUE, delta = 0.1))), silent = TRUE)
  if (inherits(ci, "try-error")) { cat(ci); next }
  put(i, "lower", rownames(ci), ci[, 1]); put(i, "upper", rownames(ci), ci[, 2])
  write.table(do.call(rbind, rows), file.path(folder, "profiles.csv"), sep = ";", row.names = FALSE, quote = FALSE)
}
