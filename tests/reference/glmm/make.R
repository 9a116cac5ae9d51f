# Reference values of the non-Gaussian mixed models.
#   Rscript make.R        (in this folder; R 4.2, lme4 1.1-31, glmmTMB 1.1.5, ordinal 2022.11, emmeans 1.8.4)
# writes data/*.csv and values.json (make_inference.R: inference.json). glmer's own standard errors rest on a coarse difference Hessian, so
# `se` is from Richardson's extrapolation of its deviance function, `se_printed` what summary() shows.
suppressMessages({
  library(lme4); library(glmmTMB); library(ordinal); library(emmeans); library(jsonlite); library(numDeriv)
  library(MASS); library(HSAUR3); library(mlmRev)
})
options(warn = 1)
set.seed(20261122)

panel <- function(n1, n2, waves, sd, drop) {
  n <- n1 + n2
  people <- data.frame(id = sprintf("p%03d", 1:n), group = rep(c("EKC", "WT"), c(n1, n2)),
                       age = round(rnorm(n, 52, 11)), team = sprintf("t%d", sample(1:8, n, TRUE)),
                       severity = round(runif(n, 0, 4), 1), b = rnorm(n, 0, sd), b2 = rnorm(n, 0, 0.6))
  d <- people[rep(1:n, each = waves), ]
  d$wave <- rep(1:waves, n); d$year <- 2017 + d$wave
  team <- setNames(rnorm(8, 0, 0.5), sprintf("t%d", 1:8))
  eta <- -0.2 + 0.5 * (d$group == "WT") - 0.3 * (d$wave - 1) + 0.25 * (d$group == "WT") * (d$wave - 1) +
    0.015 * (d$age - 52) + 0.2 * d$severity + d$b + team[d$team] + d$b2 * (d$wave - 2)
  N <- nrow(d)
  d$exposure <- round(runif(N, 0.5, 3), 2); d$log_exposure <- log(d$exposure); d$trials <- sample(3:9, N, TRUE)
  d$yes <- rbinom(N, 1, plogis(eta)); d$hits <- rbinom(N, d$trials, plogis(eta))
  d$count <- rpois(N, d$exposure * exp(0.5 * eta)); d$over <- rnbinom(N, mu = d$exposure * exp(0.6 * eta), size = 1.5)
  d$lonely <- findInterval(eta + rlogis(N), c(-1.6, -0.4, 0.7, 2)) + 1
  d$wave <- paste0("w", d$wave); rownames(d) <- NULL
  d$yes[sample(N, drop)] <- NA; d$count[sample(N, drop)] <- NA; d$lonely[sample(N, drop)] <- NA
  d$over[sample(N, drop)] <- NA; d$hits[sample(N, drop)] <- NA
  d[sample(N), setdiff(names(d), c("b", "b2"))]
}
data <- list(two = panel(45, 45, 2, 1, 9), three = panel(62, 58, 3, 1.2, 40))
data$cbpp <- within(lme4::cbpp, { herd <- paste0("h", herd); period <- paste0("p", period) })
data(toenail, package = "HSAUR3")
data$toenail <- data.frame(patient = paste0("p", toenail$patientID), outcome = as.integer(toenail$outcome == "moderate or severe"),
                           treatment = as.character(toenail$treatment), time = toenail$time)
data$epil <- data.frame(subject = paste0("s", MASS::epil$subject), y = MASS::epil$y, trt = as.character(MASS::epil$trt),
                        lbase = MASS::epil$lbase, lage = MASS::epil$lage, V4 = MASS::epil$V4)
data(wine, package = "ordinal")
data$wine <- data.frame(rating = as.integer(wine$rating), temp = as.character(wine$temp), contact = as.character(wine$contact),
                        judge = paste0("j", wine$judge))
data$bacteria <- data.frame(y = as.integer(MASS::bacteria$y == "y"), ID = as.character(MASS::bacteria$ID),
                            trt = as.character(MASS::bacteria$trt), week = MASS::bacteria$week)
C <- mlmRev::Contraception
data$contraception <- data.frame(use = as.integer(C$use == "Y"), age = C$age, livch = paste0("c", C$livch),
                                 urban = as.character(C$urban), district = paste0("d", C$district))
dir.create("data", showWarnings = FALSE)
for (name in names(data)) write.csv(data[[name]], file.path("data", paste0(name, ".csv")), row.names = FALSE, na = "")

control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-9, maxfun = 1e6),
                        tolPwrss = 1e-11, check.conv.grad = "ignore", check.conv.singular = "ignore", check.conv.hess = "ignore")
richardson <- function(m) {
  f <- update(m, devFunOnly = TRUE)
  at <- c(getME(m, "theta"), fixef(m))
  H <- hessian(f, at) / 2
  sqrt(diag(solve(H)))[-seq_along(getME(m, "theta"))]
}
parts <- function(vc) {
  out <- list()
  for (g in names(vc)) {
    s <- attr(vc[[g]], "stddev"); r <- attr(vc[[g]], "correlation")
    out[[length(out) + 1]] <- list(group = sub("\\.\\d+$", "", g), term = as.list(names(s)), sd = as.list(unname(s)),
                                   correlation = if (length(s) > 1) r[2, 1] else NULL)
  }
  out
}
values <- list()
add <- function(id, set, py, family, nodes, v, trials = NULL) {
  values[[id]] <<- c(list(data = set, formula = py, family = family, nodes = nodes, trials = trials), v)
  cat(format(Sys.time(), "%H:%M:%S"), id, "\n")
}
by_glmer <- function(id, set, py, family, nodes, r = py, trials = NULL, ranef = FALSE) {
  d <- data[[set]]
  start <- glmer(as.formula(r), d, get(family), nAGQ = nodes,
                 control = glmerControl(optimizer = "bobyqa", check.conv.grad = "ignore", check.conv.singular = "ignore"))
  # nAGQ0initStep = FALSE: start where the first search ended
  m <- update(start, control = control, start = list(theta = getME(start, "theta"), fixef = fixef(start)), nAGQ = nodes)
  s <- summary(m)$coefficients
  # saturated log-likelihood, and all constants: from the log density of the data
  v <- list(source = "lme4::glmer", names = rownames(s), estimate = s[, 1], se = richardson(m), se_printed = s[, 2],
            loglik = as.numeric(logLik(m)), loglik_relative = nodes > 1, parts = parts(VarCorr(m)))
  if (ranef) { e <- as.data.frame(ranef(m)); v$modes <- list(level = as.character(e$grp), term = as.character(e$term), mode = e$condval, sd = e$condsd) }
  add(id, set, py, family, nodes, v, trials)
  invisible(m)
}
by_tmb <- function(id, set, py, family, r = py, trials = NULL) {
  d <- data[[set]]
  fam <- switch(family, "negative-binomial" = nbinom2, binomial = binomial, poisson = poisson)
  m <- glmmTMB(as.formula(r), d, family = fam, control = glmmTMBControl(optCtrl = list(rel.tol = 1e-14, x.tol = 1e-12, iter.max = 1e4, eval.max = 1e4)))
  s <- summary(m)$coefficients$cond
  v <- list(source = "glmmTMB", names = rownames(s), estimate = s[, 1], se = s[, 2], loglik = as.numeric(logLik(m)),
            loglik_relative = FALSE, parts = parts(VarCorr(m)$cond))
  if (family == "negative-binomial") v$theta <- sigma(m)
  add(id, set, py, family, 1, v, trials)
  invisible(m)
}
by_clmm <- function(id, set, py, nodes, r = py, ranef = FALSE) {
  d <- data[[set]]
  y <- all.vars(as.formula(r))[1]; d[[y]] <- factor(d[[y]])
  m <- suppressWarnings(clmm(as.formula(r), data = d, nAGQ = nodes, Hess = TRUE, control = clmm.control(gradTol = 1e-9, maxIter = 500, trace = 0)))
  s <- summary(m)$coefficients
  v <- list(source = "ordinal::clmm", names = rownames(s), estimate = s[, 1], se = s[, 2], loglik = as.numeric(m$logLik),
            loglik_relative = FALSE, parts = parts(VarCorr(m)))
  if (ranef) v$modes <- list(level = rownames(ordinal::ranef(m)[[1]]), term = rep("(Intercept)", nrow(ordinal::ranef(m)[[1]])),
                             mode = ordinal::ranef(m)[[1]][, 1], sd = sqrt(condVar(m)[[1]][, 1]))
  add(id, set, py, "ordinal", nodes, v)
  invisible(m)
}

full <- "yes ~ group * wave + age + severity + (1 | id)"
for (q in c(1, 7, 15, 25)) by_glmer(paste0("two_logit_q", q), "two", full, "binomial", q, ranef = q == 15)
m15 <- by_glmer("three_logit_q15", "three", full, "binomial", 15, ranef = TRUE)
for (q in c(1, 7, 25)) by_glmer(paste0("three_logit_q", q), "three", full, "binomial", q)
by_glmer("three_logit_year_q15", "three", "yes ~ group * year + age + (1 | id)", "binomial", 15, "yes ~ group * I(year - 2018) + age + (1 | id)")
for (q in c(1, 15)) by_glmer(paste0("three_trials_q", q), "three", "hits ~ group * wave + severity + (1 | id)", "binomial", q,
                             "cbind(hits, trials - hits) ~ group * wave + severity + (1 | id)", trials = "trials")
for (q in c(1, 7, 15)) by_glmer(paste0("three_poisson_q", q), "three", "count ~ group * wave + age + offset(log_exposure) + (1 | id)", "poisson", q, ranef = q == 15)
by_glmer("two_poisson_q15", "two", "count ~ group * wave + offset(log(exposure)) + (1 | id)", "poisson", 15)
for (q in c(1, 7, 15, 25)) by_glmer(paste0("toenail_q", q), "toenail", "outcome ~ treatment * time + (1 | patient)", "binomial", q)
for (q in c(1, 15)) by_glmer(paste0("cbpp_q", q), "cbpp", "incidence ~ period + (1 | herd)", "binomial", q,
                             "cbind(incidence, size - incidence) ~ period + (1 | herd)", trials = "size", ranef = TRUE)
for (q in c(1, 15)) by_glmer(paste0("epil_q", q), "epil", "y ~ lbase * trt + lage + V4 + (1 | subject)", "poisson", q)
for (q in c(1, 15, 25)) by_glmer(paste0("bacteria_q", q), "bacteria", "y ~ trt + week + (1 | ID)", "binomial", q)
for (q in c(1, 7)) by_glmer(paste0("contraception_q", q), "contraception", "use ~ age + I(age^2) + urban + livch + (1 | district)", "binomial", q)

by_glmer("contraception_slope", "contraception", "use ~ age + urban + livch + (urban | district)", "binomial", 1, ranef = TRUE)
by_glmer("three_crossed", "three", "hits ~ group * wave + (1 | id) + (1 | team)", "binomial", 1,
         "cbind(hits, trials - hits) ~ group * wave + (1 | id) + (1 | team)", trials = "trials", ranef = TRUE)
by_tmb("three_slope_year", "three", "count ~ group + age + (year | id) + offset(log_exposure)", "poisson", "count ~ group + age + (I(year - 2018) | id) + offset(log_exposure)")
by_tmb("three_independent", "three", "hits ~ group * severity + (1 | id) + (0 + severity | team)", "binomial",
       "cbind(hits, trials - hits) ~ group * severity + (1 | id) + (0 + severity | team)", trials = "trials")
by_tmb("three_nested", "three", "count ~ group * wave + (1 | team / id) + offset(log_exposure)", "poisson")
by_tmb("epil_slope", "epil", "y ~ lbase * trt + lage + (V4 | subject)", "poisson")
by_tmb("contraception_tmb", "contraception", "use ~ age + I(age^2) + urban + livch + (1 | district)", "binomial")

by_tmb("three_nb2", "three", "over ~ group * wave + age + offset(log_exposure) + (1 | id)", "negative-binomial")
by_tmb("two_nb2", "two", "over ~ group * wave + severity + offset(log_exposure) + (1 | id)", "negative-binomial")
by_tmb("epil_nb2", "epil", "y ~ lbase * trt + lage + V4 + (1 | subject)", "negative-binomial")
by_tmb("three_nb2_crossed", "three", "over ~ group * wave + offset(log_exposure) + (1 | id) + (1 | team)", "negative-binomial")

lonely <- "lonely ~ group * wave + age + severity + (1 | id)"
for (q in c(1, 7, 15)) by_clmm(paste0("three_ordinal_q", q), "three", lonely, q, ranef = q == 15)
for (q in c(1, 7, 15)) by_clmm(paste0("two_ordinal_q", q), "two", "lonely ~ group * wave + (1 | id)", q)
for (q in c(1, 7, 15)) by_clmm(paste0("wine_q", q), "wine", "rating ~ temp + contact + (1 | judge)", q, ranef = q == 7)
by_clmm("three_ordinal_crossed", "three", "lonely ~ group * wave + (1 | id) + (1 | team)", 1)

write_json(list(models = values), "values.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
