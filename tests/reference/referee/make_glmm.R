# See README.md. Writes data/ and glmm*.json (run bare, then with the arguments or and nb).
source("common.R"); suppressMessages({library(glmmTMB); library(ordinal); library(MASS)})
set.seed(815)
mk <- function(n, k, sd, sdx = 0) { d <- data.frame(id = rep(paste0("id-", 1:n), times = sample(k, n, TRUE))); N <- nrow(d); g <- as.integer(factor(d$id, unique(d$id)))
  d$arm <- sample(c("Zorg", "WT", "kl.3"), n, TRUE)[g]; d$wave <- sample(c("1", "2", "10"), N, TRUE); d$x <- round(rnorm(N, 20, 4), 1); d$u <- round(runif(N, 1, 9), 1)
  d$eta <- -.4 + .6 * (d$arm == "WT") - .5 * (d$wave == "2") + .05 * (d$x - 20) + rnorm(n, 0, sd)[g] + rnorm(n, 0, sdx)[g] * (d$x - 20); d }
d <- mk(60, 1:5, 1.3); d$y <- rbinom(nrow(d), 1, plogis(d$eta)); d$y[sample(nrow(d), 8)] <- NA; d$x[sample(nrow(d), 5)] <- NA; save_data("bin", d[names(d) != "eta"])
d <- mk(45, 2, 3.5); d$y <- rbinom(nrow(d), 1, plogis(d$eta + .8)); save_data("hard", d[names(d) != "eta"])
d <- mk(30, 2:6, 0.8, .15); d$m <- sample(1:12, nrow(d), TRUE); d$s <- rbinom(nrow(d), d$m, plogis(d$eta)); save_data("prop", d[names(d) != "eta"])
d <- mk(50, 1:4, .7, .08); d$lu <- round(log(d$u), 4); d$n <- rpois(nrow(d), d$u * exp(d$eta * .5)); d$obs <- seq_len(nrow(d)); d$n2 <- rnbinom(nrow(d), mu = d$u * exp(d$eta * .6), size = 1.2); d$n3 <- rnbinom(nrow(d), mu = 3 * exp(d$eta * .6), size = 60); save_data("count", d[names(d) != "eta"])
d <- mk(40, 3:5, 0); d$y <- rbinom(nrow(d), 1, plogis(d$eta)); save_data("flat", d[names(d) != "eta"])
V <- lme4::VerbAgg; V <- V[as.integer(V$id) %% 6 == 0 & as.integer(V$item) %% 2 == 0, ]; save_data("verbagg", data.frame(Anger = V$Anger, Gender = as.character(V$Gender), item = as.character(V$item), btype = as.character(V$btype), id = paste0("v", V$id), r2 = as.integer(V$r2 == "Y")))
gt <- lme4::grouseticks; gt <- gt[as.integer(gt$LOCATION) %% 2 == 0, ]; save_data("ticks", data.frame(ticks = gt$TICKS, year = paste0("Y", gt$YEAR), height = gt$HEIGHT - 450, brood = as.character(gt$BROOD), loc = as.character(gt$LOCATION), index = as.character(gt$INDEX)))
data(Mmmec, package = "mlmRev"); save_data("mmmec", data.frame(nation = as.character(Mmmec$nation), region = as.character(Mmmec$region), deaths = Mmmec$deaths, expected = round(Mmmec$expected, 4), uvb = Mmmec$uvb)[as.integer(Mmmec$nation) <= 5, ])
data(epilepsy, package = "HSAUR3"); save_data("fits", data.frame(subject = as.character(epilepsy$subject), period = as.character(epilepsy$period), treatment = as.character(epilepsy$treatment), base = epilepsy$base, age = epilepsy$age, seizures = epilepsy$seizure.rate))
# ordinal
d <- mk(55, 2:5, 1.4, .1); z <- d$eta + rlogis(nrow(d)); d$five <- as.character(findInterval(z, c(-3.2, -.2, .1, 3.5)) + 1); d$three <- c("geen", "wat", "veel")[findInterval(z, c(.5, 1.5)) + 1]; d$three[sample(nrow(d), 9)] <- NA; d$team <- paste("team", sample(1:9, nrow(d), TRUE)); save_data("ord", d[names(d) != "eta"], list(five = as.character(1:5), three = c("geen", "wat", "veel")))
data(soup, package = "ordinal"); s <- soup[as.integer(soup$RESP) %% 8 == 0, ]; save_data("soup", data.frame(resp = as.character(s$RESP), prod = as.character(s$PROD), sureness = as.character(s$SURENESS), day = as.character(s$DAY)), list(sureness = as.character(1:6)))
d <- mk(26, 2:4, .9); d$ten <- as.character(pmin(9, pmax(0, round(4 + 1.2 * (d$eta + rlogis(nrow(d))))))); save_data("ten", d[names(d) != "eta"], list(ten = as.character(0:9)))

B <- list(
 list("bin", "y ~ arm * wave + x + (1 | id)", "binomial", c(1, 7, 15, 25), "arm", "wave"),
 list("bin", "y ~ 0 + arm:wave + (1 | id)", "binomial", 15, NULL, NULL),
 list("bin", "y ~ arm + x + offset(u) + (1 | id)", "binomial", c(1, 15), "arm", NULL),
 list("hard", "y ~ arm + wave + (1 | id)", "binomial", c(15, 25), "arm", NULL),
 list("prop", "s ~ arm * x + (1 | id)", "binomial", c(1, 7, 15), "arm", NULL, "m"),
 list("prop", "s ~ arm + x + (x | id)", "binomial", 1, "arm", NULL, "m"),
 list("prop", "s ~ wave + (1 | id) + (0 + wave | id)", "binomial", 1, NULL, NULL, "m"),
 list("flat", "y ~ arm + x + (1 | id)", "binomial", c(1, 15), "arm", NULL),
 list("count", "n ~ arm * wave + x + offset(lu) + (1 | id)", "poisson", c(1, 7, 15), "wave", "arm"),
 list("count", "n ~ arm + x + offset(log(u)) + (x || id)", "poisson", 1, "arm", NULL),
 list("count", "n2 ~ arm + x + offset(log(u)) + (1 | id) + (1 | obs)", "poisson", 1, "arm", NULL),
 list("verbagg", "r2 ~ Anger + Gender + btype + (1 | id) + (1 | item)", "binomial", 1, "btype", "Gender"),
 list("ticks", "ticks ~ year + height + (1 | brood) + (1 | index) + (1 | loc)", "poisson", 1, "year", NULL),
 list("mmmec", "deaths ~ uvb + offset(log(expected)) + (1 | nation / region)", "poisson", 1, NULL, NULL),
 list("fits", "seizures ~ treatment * period + log(base) + (1 | subject)", "poisson", c(1, 25), "treatment", "period"))
profiled <- -1
ctl <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e6), tolPwrss = 1e-11, check.conv.grad = "ignore", check.conv.singular = "ignore", check.conv.hess = "ignore", calc.derivs = FALSE)
out <- list(); part <- commandArgs(TRUE); out_file <- if (length(part)) paste0("glmm_", part, ".json") else "glmm.json"
emm <- function(m, cs, r, V = NULL) { if (is.null(cs[[5]])) return(r); e <- if (is.null(V)) quiet(emmeans(m, cs[[5]], by = cs[[6]], df = Inf)) else quiet(emmeans(m, cs[[5]], by = cs[[6]], vcov. = V)); r$means <- frame(summary(e))
  for (adj in c("none", "holm", "tukey", "bonferroni")) r$pairs[[adj]] <- frame(quiet(summary(pairs(e), infer = TRUE, adjust = adj))); r }
done <- function(r) { out[[length(out) + 1]] <<- r; cat(r$formula, r$nodes, r$loglik, "\n") ; write_json(list(kinds = kinds, cases = out), out_file, digits = NA, auto_unbox = TRUE, na = "null", null = "null")}
if (!length(part)) for (i in seq_along(B)) for (q in B[[i]][[4]]) { cs <- B[[i]]; d <- keep[[cs[[1]]]]; tr <- if (length(cs) > 6) cs[[7]] else NULL
  text <- if (is.null(tr)) cs[[2]] else sub("^(\\w+) ~", paste0("cbind(\\1, ", tr, " - \\1) ~"), cs[[2]])
  m <- quiet(glmer(as.formula(text), d, family = cs[[3]], nAGQ = q, control = ctl)); m <- quiet(update(m, start = list(theta = getME(m, "theta"), fixef = fixef(m))))
  fn <- update(m, devFunOnly = TRUE); at <- c(getME(m, "theta"), fixef(m)); th <- seq_along(getME(m, "theta"))
  V <- tryCatch(solve(hessian(fn, at) / 2)[-th, -th, drop = FALSE], error = function(e) NULL); se <- if (is.null(V)) rep(NA, length(at) - length(th)) else sqrt(diag(V))
  v <- as.data.frame(VarCorr(m)); v$grp <- sub("\\.[0-9]+$", "", v$grp)
  r <- list(case = i, data = cs[[1]], formula = cs[[2]], family = cs[[3]], nodes = q, trials = tr, term = cs[[5]], by = cs[[6]], n = nobs(m), loglik = as.numeric(logLik(m)), 
    singular = isSingular(m), var = v, est = named(names(fixef(m)), fixef(m)), se = se, se_printed = sqrt(diag(as.matrix(quiet(vcov(m))))))
  r$ranef <- as.data.frame(ranef(m, condVar = TRUE)); r$ranef[1:3] <- lapply(r$ranef[1:3], as.character)
  r$pred <- list(link = as.numeric(predict(m)), response = as.numeric(predict(m, type = "response")), na = as.numeric(predict(m, re.form = NA)))
  r <- emm(m, cs, r, V)
  if (i %in% profiled && q == 15) { ci <- tryCatch(quiet(confint(profile(m, devtol = 1e-5, signames = FALSE))), error = function(e) {cat("profile", conditionMessage(e), "\n"); NULL}); if (!is.null(ci)) r$profile <- list(name = rownames(ci), lower = ci[, 1], upper = ci[, 2]) }
  done(r) }
if ("nb" %in% part) {
NB <- list(list("count", "n2 ~ arm + wave + x + offset(log(u)) + (1 | id)", "arm", NULL), list("count", "n2 ~ arm * x + (x | id)", "arm", NULL), list("count", "n3 ~ arm + wave + (1 | id)", "arm", "wave"),
  list("fits", "seizures ~ treatment * period + log(base) + (1 | subject)", "treatment", "period"), list("ticks", "ticks ~ year + height + (1 | brood) + (1 | loc)", "year", NULL))
for (cs in NB) { d <- keep[[cs[[1]]]]; m <- quiet(glmmTMB(as.formula(cs[[2]]), d, family = nbinom2, control = glmmTMBControl(optCtrl = list(rel.tol = 1e-14, x.tol = 1e-12, iter.max = 1e4, eval.max = 1e4))))
  V <- VarCorr(m)$cond; rows <- do.call(rbind, lapply(names(V), function(g) { s <- attr(V[[g]], "stddev"); C <- attr(V[[g]], "correlation"); x <- data.frame(grp = g, var1 = names(s), var2 = NA, vcov = s^2, sdcor = s); if (length(s) > 1) x <- rbind(x, data.frame(grp = g, var1 = names(s)[1], var2 = names(s)[2], vcov = NA, sdcor = C[1, 2])); x }))
  s <- summary(m)$coefficients$cond
  r <- list(case = 99, data = cs[[1]], formula = cs[[2]], family = "negative-binomial", nodes = 1, term = cs[[3]], by = cs[[4]], n = nobs(m), loglik = as.numeric(logLik(m)), sigma = exp(m$fit$par[["betad"]]), var = rows, est = named(rownames(s), s[, 1]), se = s[, 2], aic = AIC(m))
  r$pred <- list(link = as.numeric(predict(m)), response = as.numeric(predict(m, type = "response"))); cs5 <- c(list(0, 0, 0, 0), cs[3], cs[4]); r <- emm(m, cs5, r); done(r) }
}
if ("or" %in% part) {
OR <- list(list("ord", "five ~ arm * wave + x + (1 | id)", c(1, 7, 15), "arm", "wave"), list("ord", "three ~ arm + x + (1 | id)", c(1, 7, 15), "arm", NULL), list("ord", "five ~ arm + x + (1 | id) + (1 | team)", 1, "arm", NULL), list("ord", "five ~ arm + x0 + (1 + x0 | id)", 1, "arm", NULL),
  list("soup", "sureness ~ prod * day + (1 | resp)", c(1, 15), "prod", "day"), list("ten", "ten ~ wave + x + (1 | id)", c(1, 7, 15), "wave", NULL))
for (cs in OR) for (q in cs[[3]]) { d <- keep[[cs[[1]]]]; if (!is.null(d$x)) d$x0 <- d$x - 20; f <- as.formula(cs[[2]]); for (v in all.vars(f)) if (is.character(d[[v]])) d[[v]] <- factor(d[[v]])
  m <- tryCatch(quiet(clmm(f, data = d, nAGQ = q, control = clmm.control(grtol = 1e-9, gradTol = 1e-9, maxIter = 100))), error = function(e) {cat(cs[[2]], conditionMessage(e), "\n"); NULL}); if (is.null(m)) next
  s <- coef(summary(m)); V <- VarCorr(m); rows <- do.call(rbind, lapply(names(V), function(g) { s <- attr(V[[g]], "stddev"); C <- attr(V[[g]], "correlation"); x <- data.frame(grp = g, var1 = names(s), var2 = NA, vcov = s^2, sdcor = s); if (length(s) > 1) x <- rbind(x, data.frame(grp = g, var1 = names(s)[1], var2 = names(s)[2], vcov = NA, sdcor = C[1, 2])); x }))
  r <- list(case = 199, data = cs[[1]], formula = cs[[2]], family = "ordinal", nodes = q, term = cs[[4]], by = cs[[5]], n = nobs(m), loglik = as.numeric(logLik(m)), var = rows, est = named(rownames(s), s[, 1]), se = s[, 2], p = s[, 4], grad = max(abs(m$gradient)))
  if (length(ranef(m)) == 1 && ncol(ranef(m)[[1]]) == 1) { rr <- ranef(m)[[1]]; r$ranef <- list(grp = rep(names(ranef(m)), nrow(rr)), term = rep("(Intercept)", nrow(rr)), grpvar = rep(names(ranef(m)), nrow(rr)), condval = rr[, 1], condsd = sqrt(condVar(m)[[1]][, 1])); r$ranef$grp <- rownames(rr) }
  r <- tryCatch(emm(m, c(list(0, 0, 0, 0), cs[4], cs[5]), r), error = function(e) { cat("emm", conditionMessage(e), "\n"); r }); done(r) }
}
