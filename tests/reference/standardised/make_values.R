# Difference in change in units of the outcome, averaged over the people, with delta-method standard errors.
# By hand: R has marginaleffects for this, which Debian 12 does not have. Rscript make_values.R, in this folder.
suppressMessages({ library(lme4); library(lmerTest); library(glmmTMB); library(ordinal); library(numDeriv) })
options(digits = 15)

set.seed(20261122)
n <- 90
people <- data.frame(id = sprintf("p%03d", 1:n), group = rep(c("A", "B"), each = n / 2),
                     x = round(rnorm(n), 3), level = rnorm(n))
long <- merge(people, data.frame(wave = c("1", "2")))
long <- long[order(long$id, long$wave), ]
eta <- 1.2 + 0.4 * long$level + 0.3 * (long$group == "B") - 0.3 * (long$wave == "2") + 0.2 * long$x
long$count <- rpois(nrow(long), exp(eta))
long$hits <- rbinom(nrow(long), 12, plogis(eta - 1.8))
long$score <- round(4 + long$level + eta + rnorm(nrow(long)), 3)
long$grade <- as.integer(cut(eta + rlogis(nrow(long)), c(-Inf, 0, 1.2, 2.5, Inf)))
gone <- long$wave == "2" & runif(nrow(long)) < 0.15
long <- long[!gone, c("id", "group", "wave", "x", "count", "hits", "score", "grade")]
write.csv(long, "panel.csv", row.names = FALSE, quote = FALSE)

long$trials <- 12
long$wave <- factor(long$wave); long$group <- factor(long$group)
once <- long[!duplicated(long$id), ]
cells <- expand.grid(group = c("A", "B"), wave = c("1", "2"))
sign <- ifelse(cells$group == "A", 1, -1) * ifelse(cells$wave == "2", 1, -1)
rows <- function(cell, formula) {
  put <- once
  put$group <- factor(cells$group[cell], levels = levels(long$group))
  put$wave <- factor(cells$wave[cell], levels = levels(long$wave))
  model.matrix(formula, put)
}
fixed <- ~ group * wave + x
X <- lapply(1:4, rows, fixed)
# the integral over the random intercept by a fine grid: no quadrature shared with anyone
z <- seq(-8, 8, length.out = 2001); w <- dnorm(z) / sum(dnorm(z))
inverse <- function(eta, sd, link) {
  if (link == "log") return(exp(eta + sd^2 / 2))
  rowSums(plogis(outer(eta, sd * z, "+")) %*% diag(1, length(z)) * rep(w, each = length(eta)))
}
did <- function(beta, sd, link) sum(sign * sapply(X, function(m) mean(inverse(drop(m %*% beta), sd, link))))
values <- list()
add <- function(name, estimate, se) values[[length(values) + 1]] <<- data.frame(name, estimate, se)

for (case in list(list("poisson", count ~ group * wave + x + (1 | id), "log", 1),
                  list("binomial", cbind(hits, trials - hits) ~ group * wave + x + (1 | id), "logit", 12))) {
  family <- get(case[[1]])
  # adaptive Gauss-Hermite: the joint covariance from the curvature of the deviance by (sd, coefficients)
  made <- glmer(case[[2]], long, family, nAGQ = 15,
                control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9)))
  deviance <- update(made, devFunOnly = TRUE)
  par <- c(getME(made, "theta"), fixef(made))
  par <- optim(par, deviance, method = "BFGS", control = list(reltol = 1e-14))$par
  V <- solve(hessian(deviance, par) / 2)
  f <- function(p) case[[4]] * did(p[-1], p[1], case[[3]])
  g <- grad(f, par)
  add(paste0(case[[1]], ", 15 nodes"), f(par), sqrt(drop(g %*% V %*% g)))
  # Laplace, joint covariance by automatic differentiation
  tmb <- glmmTMB(case[[2]], long, family)
  f <- function(p) case[[4]] * did(head(p, -1), exp(tail(p, 1)), case[[3]])
  par <- tmb$fit$par
  g <- grad(f, par)
  add(paste0(case[[1]], ", Laplace"), f(par), sqrt(drop(g %*% vcov(tmb, full = TRUE) %*% g)))
}

linear <- summary(lmer(score ~ group * wave + x + (1 | id), long), ddf = "Kenward-Roger")$coefficients
# A's change minus B's is the interaction with its sign turned
add("gaussian", -linear["groupB:wave2", "Estimate"], linear["groupB:wave2", "Std. Error"])

long$grade <- factor(long$grade)
graded <- clmm(grade ~ group * wave + x + (1 | id), long, nAGQ = 15)
mean_grade <- function(eta, cuts, sd) {
  above <- sapply(cuts, function(cut) colSums(w * plogis(outer(sd * z, eta, "+") - cut)))
  1 + rowSums(above)
}
f <- function(p) {
  cuts <- p[1:3]; beta <- c(0, p[4:7]); sd <- exp(p[8])
  sum(sign * sapply(X, function(m) mean(mean_grade(drop(m %*% beta[c(1, 2, 3, 4, 5)]), cuts, sd))))
}
order_of <- colnames(X[[1]])[-1]
par <- c(graded$alpha, graded$beta[order_of], log(as.numeric(attr(VarCorr(graded)$id, "stddev"))))
H <- graded$Hessian
keep <- c(names(graded$alpha), order_of, setdiff(rownames(H), c(names(graded$alpha), names(graded$beta))))
V <- solve(H)[match(keep, rownames(H)), match(keep, rownames(H))]
g <- grad(f, par)
add("ordinal, 15 nodes", f(par), sqrt(drop(g %*% V %*% g)))

write.csv(do.call(rbind, values), "values.csv", row.names = FALSE, quote = TRUE)
packages <- c("lme4", "lmerTest", "pbkrtest", "glmmTMB", "ordinal", "numDeriv")
writeLines(c(R.version.string, sapply(packages, function(p) paste(p, packageVersion(p)))), "versions.txt")
