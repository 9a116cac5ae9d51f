# Reference values for pooling over imputations: run from the project root, after make_values.R, with
#   Rscript tests/reference/lmm/make_pool_values.R
# Writes imputed data (data/imputed.csv) and pooled.csv (quantity;name;value).
suppressMessages({library(lme4); library(lmerTest); library(mice); library(mitml)})
folder <- "tests/reference/lmm"
d <- read.csv(file.path(folder, "data", "panel2.csv"), sep = ";", stringsAsFactors = FALSE, colClasses = c(wave = "character"))
set.seed(11); d$y[sample(nrow(d), 30)] <- NA; d$age[sample(nrow(d), 15)] <- NA
d$group <- factor(d$group); d$wave <- factor(d$wave); d$edu <- factor(d$edu); d$sex <- factor(d$sex)
imp <- mice(d[, c("person", "group", "wave", "edu", "sex", "age", "y")], m = 7, printFlag = FALSE, seed = 5,
            method = c("", "", "", "", "", "norm", "norm"))
long <- complete(imp, "long"); long$.id <- NULL
long$y <- round(long$y, 6); long$age <- round(long$age, 6)
write.table(long, file.path(folder, "data", "imputed.csv"), sep = ";", row.names = FALSE, quote = FALSE)
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), calc.derivs = FALSE)
fits <- lapply(1:7, function(i) lme4::lmer(y ~ group * wave + edu + age + (1 | person), long[long$.imp == i, ], control = control))
rows <- list()
put <- function(quantity, name, value) rows[[length(rows) + 1]] <<- data.frame(quantity, name = as.character(name), value)
Q <- sapply(fits, fixef); U <- sapply(fits, function(f) as.matrix(vcov(f)), simplify = "array")
for (i in 1:7) { put(paste("estimate", i), rownames(Q), Q[, i]); put(paste("vcov", i), outer(rownames(Q), rownames(Q), paste), c(U[, , i])) }
for (com in c(Inf, 83, 25.5)) for (k in rownames(Q)) {
  p <- pool.scalar(Q[k, ], apply(U, 3, function(u) u[k, k]), n = com + 1, k = 1)
  put(paste("rubin", com), paste(k, c("estimate", "total", "df", "riv", "fmi")), c(p$qbar, p$t, p$df, p$r, p$fmi)) }
for (com in c(83, 25.5)) { e <- testEstimates(qhat = lapply(fits, fixef), uhat = lapply(fits, function(f) as.matrix(vcov(f))), df.com = com)$estimates
  for (v in colnames(e)) put(paste("mitml", com, v), rownames(e), e[, v]) }
for (k in list(c("eduhigh", "edulow"), c("groupWT", "wave2", "groupWT:wave2"))) {
  k <- intersect(rownames(Q), c(k, "edumid")); if (!"groupWT" %in% k) k <- intersect(rownames(Q), c("edulow", "edumid"))
  u <- lapply(1:7, function(i) U[match(k, rownames(Q)), match(k, rownames(Q)), i])
  for (com in c(Inf, 83)) { r <- mitml:::.D1(Q[k, ], simplify2array(u), if (is.finite(com)) com else NULL)
    put(paste("D1", com), paste(paste(k, collapse = "+"), c("F", "df")), c(r$F, r$v)) } }
v <- do.call(rbind, rows); v$value <- sprintf("%.17g", v$value)
write.table(v, file.path(folder, "pooled.csv"), sep = ";", row.names = FALSE, quote = FALSE)
