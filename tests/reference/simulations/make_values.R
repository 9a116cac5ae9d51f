# Residuals and tests as DHARMa publishes them, by hand (Debian 12 has no DHARMa), and replicates of bootMer.
# Rscript make_values.R, in this folder.
suppressMessages({ library(lme4) })
write <- function(x, name) write.csv(x, paste0(name, ".csv"), row.names = FALSE, quote = FALSE)

# -- simulated residuals: Hartig, DHARMa, method "PIT"; testUniformity, testDispersion, testZeroInflation and
#    testOutliers (type "binomial") in their words: a share of simulations, a ratio to their mean
set.seed(7)
n <- 60; m <- 80
mean_of <- exp(rnorm(n, 0.6, 0.5))
cases <- list(
  right = list(y = rpois(n, mean_of), sims = matrix(rpois(n * m, mean_of), n)),
  spread = list(y = rnbinom(n, mu = mean_of, size = 0.7), sims = matrix(rpois(n * m, mean_of), n)),
  smooth = list(y = round(rnorm(n, mean_of), 4), sims = matrix(round(rnorm(n * m, mean_of), 4), n)),
  shifted = list(y = round(rnorm(n, mean_of + 1.2), 4), sims = matrix(round(rnorm(n * m, mean_of), 4), n)))
share <- function(observed, simulated)
  min(1, 2 * min(mean(simulated <= observed), mean(simulated >= observed)))
rows <- list(); tests <- list()
for (name in names(cases)) {
  y <- cases[[name]]$y; sims <- cases[[name]]$sims
  low <- rowMeans(sims < y); high <- rowMeans(sims <= y)
  residual <- low + round(runif(n), 6) * (high - low)
  rows[[name]] <- data.frame(case = name, y, low, high, residual, sims)
  fitted <- rowMeans(sims)
  spread <- function(x) var(x - fitted)
  zeros <- function(x) sum(x == 0)
  # two residuals at 0 or 1 are ties of the test, not of the model
  ks <- ks.test(residual + seq_len(n) * 1e-12, "punif", exact = TRUE)
  outside <- sum(y < apply(sims, 1, min) | y > apply(sims, 1, max))
  tests[[name]] <- data.frame(case = name, distance = ks$statistic, uniformity_p = ks$p.value,
    dispersion = spread(y) / mean(apply(sims, 2, spread)), dispersion_p = share(spread(y), apply(sims, 2, spread)),
    zeros = zeros(y) / mean(apply(sims, 2, zeros)), zeros_p = share(zeros(y), apply(sims, 2, zeros)),
    outside, outliers_p = binom.test(outside, n, 2 / (m + 1))$p.value)
}
write(do.call(rbind, rows), "residuals"); write(do.call(rbind, tests), "tests")

# -- replicates of bootMer: what it simulates, and what it refits to that
set.seed(8)
d <- data.frame(id = rep(sprintf("p%02d", 1:40), each = 3), time = rep(0:2, 40), group = rep(c("A", "B"), each = 60))
d$team <- sprintf("t%d", as.integer(factor(d$id)) %% 6)
u <- rnorm(40)[factor(d$id)]; s <- 0.5 * rnorm(40)[factor(d$id)]; v <- 0.6 * rnorm(6)[factor(d$team)]
d$y <- round(5 + 0.5 * (d$group == "B") - 0.4 * d$time + u + s * d$time + v + rnorm(120), 4)
d$count <- rpois(120, exp(0.8 + 0.4 * u - 0.2 * d$time + 0.3 * v))
d$yes <- rbinom(120, 1, plogis(u + 0.4 * d$time + v))
write(d, "panel")
linear <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE)
other <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-9, maxfun = 1e6), tolPwrss = 1e-12,
                      calc.derivs = FALSE)
# by maximum likelihood: refit() of a REML fit, which bootMer calls, optimises another criterion in lme4 1.1-31 (its
# log-likelihood of the first replicate is -224.04, where lmer itself finds -220.80)
models <- list(
  intercept = lmer(y ~ group * time + (1 | id), d, REML = FALSE, control = linear),
  slope = lmer(y ~ group * time + (time | id), d, REML = FALSE, control = linear),
  teams = lmer(y ~ group * time + (1 | id) + (1 | team), d, REML = FALSE, control = linear),
  counts = glmer(count ~ group + time + (1 | id) + (1 | team), d, poisson, control = other),
  logit = glmer(yes ~ time + (1 | id), d, binomial, control = other))
found <- function(m) c(fixef(m), as.data.frame(VarCorr(m), order = "lower.tri")$sdcor)
responses <- list(); replicates <- list(); spreads <- list()
for (name in names(models)) {
  m <- models[[name]]
  drawn <- as.matrix(simulate(m, 6, seed = 1))
  made <- suppressMessages(suppressWarnings(bootMer(m, found, 6, seed = 1, use.u = FALSE, type = "parametric")))
  labels <- c(names(fixef(m)), paste0("sd", seq_len(ncol(made$t) - length(fixef(m)))))
  for (k in 1:6) {
    responses[[paste(name, k)]] <- data.frame(model = name, replicate = k, row = 1:120, value = drawn[, k])
    replicates[[paste(name, k)]] <- data.frame(model = name, replicate = k, term = labels, value = made$t[k, ])
  }
}
write(do.call(rbind, responses), "responses"); write(do.call(rbind, replicates), "replicates")
many <- suppressMessages(suppressWarnings(bootMer(models$intercept, found, 2000, seed = 2)))
write(data.frame(term = c(names(fixef(models$intercept)), "sd1", "sd2"), se = apply(many$t, 2, sd)), "spreads")
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4"))), "versions.txt")
