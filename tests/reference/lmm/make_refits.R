# lme4 fits of simulated responses: run from the project root, after make_values.R, with
#   Rscript tests/reference/lmm/make_refits.R
# Writes refit_responses.csv (a column for each response) and refits.csv.
suppressMessages({library(lme4); library(pbkrtest)})
folder <- "tests/reference/lmm"
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE)
d <- read.csv(file.path(folder, "data", "panel3_gaps.csv"), sep = ";", stringsAsFactors = FALSE, colClasses = c(wave = "character"))
m <- lmer(y ~ group * wave + (1 | person), d, control = control)
set.seed(3)
# some with no variance between persons, so that zero occurs
sims <- cbind(simulate(m, 8), replicate(8, fitted(m) * 0 + rnorm(nrow(d))))
sims <- round(as.matrix(sims), 5); colnames(sims) <- paste0("y", 1:16)
write.table(sims, file.path(folder, "refit_responses.csv"), sep = ";", row.names = FALSE, quote = FALSE)
rows <- list()
for (i in 1:16) { d$y <- sims[, i]; r <- suppressMessages(lmer(y ~ group * wave + (1 | person), d, control = control)); a <- vcovAdj(r)
  df <- sapply(1:6, function(k) Lb_ddf(as.numeric(1:6 == k), vcov(r), a))
  rows[[i]] <- data.frame(response = i, term = names(fixef(r)), estimate = fixef(r), se = sqrt(diag(as.matrix(vcov(r)))),
    kr_se = sqrt(diag(as.matrix(a))), kr_df = df, sd = as.data.frame(VarCorr(r))$sdcor[1], sigma = sigma(r), loglik = c(logLik(r))) }
out <- do.call(rbind, rows); for (v in names(out)[-(1:2)]) out[[v]] <- sprintf("%.17g", out[[v]])
write.table(out, file.path(folder, "refits.csv"), sep = ";", row.names = FALSE, quote = FALSE)
