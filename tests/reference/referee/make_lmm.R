# See README.md. Writes data/ and json/lmm_*.json; values/lmm.json is the part of these that the tests read.
dir.create("json", showWarnings = FALSE)
source("common.R")
set.seed(4711)
# odd labels, unbalanced, missing outcome and covariates
n <- 70; id <- rep(1:n * 3 + 1000, each = 3); N <- length(id)
d <- data.frame(id, wave = rep(c("10", "2", "1"), n), level = sample(c("zeer hoog", "Laag", "midden.1", "\u00e9lite"), n, TRUE, c(.3,.3,.3,.2))[rep(1:n, each = 3)],
  arm = sample(c("b", "A", "a"), n, TRUE)[rep(1:n, each = 3)], age = round(rnorm(n, 47, 13), 1)[rep(1:n, each = 3)], flag = sample(c(TRUE, FALSE), N, TRUE), income = round(rlnorm(N, 10.4, .4)))
d$y <- round(3 + .03 * d$age + (d$arm == "A") * (d$wave == "2") + rnorm(n, 0, .8)[rep(1:n, each = 3)] + rnorm(N), 3)
d$y[sample(N, 20)] <- NA; d$age[sample(N, 9)] <- NA; d$arm[sample(N, 6)] <- NA; d <- d[-sample(N, 25), ]
save_data("odd", d)
# crossed persons and items, uncentred covariates
P <- 24; I <- 9; d <- expand.grid(item = 1:I, person = 1:P); d <- d[-sample(nrow(d), 60), ]; N <- nrow(d)
d$year <- 2015 + sample(0:5, N, TRUE); d$kind <- c("x", "y", "z")[1 + d$item %% 3]; d$sex <- c("v", "m")[1 + d$person %% 2]
d$rt <- round(650 + 4 * (d$year - 2015) + 20 * (d$kind == "y") + rnorm(P, 0, 40)[d$person] + rnorm(I, 0, 15)[d$item] + rnorm(N, 0, 50), 2)
d$person <- paste0("P ", d$person); save_data("crossed", d)
# three correlated random columns, few groups
G <- 14; d <- data.frame(g = rep(letters[1:G], times = sample(6:14, G, TRUE))); N <- nrow(d); gi <- as.integer(factor(d$g))
d$x <- round(rnorm(N, 100, 8), 2); d$w <- round(runif(N, -1, 3), 2); d$f <- sample(c("p", "q", "r"), N, TRUE)
d$y <- round(5 + .2 * (d$x - 100) + d$w + rnorm(G, 0, 2)[gi] + rnorm(G, 0, .15)[gi] * (d$x - 100) + rnorm(G, 0, 1)[gi] * d$w + rnorm(N, 0, 1), 3)
d$o <- round(runif(N, 0, 2), 2); save_data("slopes", d)
# nested schools, classes with re-used labels
d <- do.call(rbind, lapply(1:11, function(s) do.call(rbind, lapply(1:sample(2:5, 1), function(c) data.frame(school = paste("School", s), class = LETTERS[c], k = seq_len(sample(2:7, 1)))))))
N <- nrow(d); si <- as.integer(factor(d$school)); ci <- as.integer(factor(paste(d$school, d$class)))
d$t <- round(runif(N, 0, 10), 1); d$treat <- c("ctl", "New", "old")[1 + si %% 3]; d$k <- NULL
d$score <- round(50 + .8 * d$t + 3 * (d$treat == "New") + rnorm(11, 0, 4)[si] + rnorm(11, 0, .5)[si] * d$t + rnorm(max(ci), 0, 3)[ci] + rnorm(N, 0, 4), 2); save_data("nested", d)
# tiny: 7 groups of 3, and outcome in millions
d <- data.frame(g = rep(1:7, each = 3), t = rep(0:2, 7)); d$arm <- ifelse(d$g <= 3, "I", "II"); d$y <- round(2e6 + 3e5 * d$t + rnorm(7, 0, 4e5)[d$g] + rnorm(7, 0, 1e5)[d$g] * d$t + rnorm(21, 0, 2e5)); d <- d[-c(2, 12, 18), ]
save_data("tiny", d)
# variances at zero, perfect correlation
d <- data.frame(g = rep(1:20, each = 5), t = rep(0:4, 20), h = sample(c("u", "v", "w", "x", "y", "z"), 100, TRUE)); b <- rnorm(20, 0, .1)
d$c <- c("lo", "hi", "mid")[1 + d$g %% 3]; d$y <- round(1 + .5 * d$t + b[d$g] * (1 + 3 * d$t) + rnorm(100, 0, 1.2), 3); d$y0 <- round(rnorm(100) - ave(rnorm(100), d$g), 3); save_data("edge", d)
# ordered factor, small outcome, empty level
d <- data.frame(pid = rep(sprintf("%02d", 1:40), each = 4), visit = rep(c("base", "mid", "late", "end"), 40)); d$sev <- sample(c("none", "some", "much"), 40, TRUE)[as.integer(d$pid)]
d$y <- round(1e-4 * (3 + .4 * match(d$visit, c("base", "mid", "late", "end")) + rnorm(40)[as.integer(d$pid)] + rnorm(160)), 9); d$z <- rbinom(160, 1, .3); d$y[sample(160, 31)] <- NA
save_data("ordered", d, list(visit = c("base", "mid", "late", "end"), sev = c("none", "some", "much", "unused")))
# large
n <- 1500; d <- data.frame(p = rep(1:n, each = 4), t = rep(0:3, n)); d$a <- c("a1", "a2")[1 + d$p %% 2]; d$y <- round(rnorm(n, 0, 1.3)[d$p] + rnorm(n, 0, .4)[d$p] * d$t + .1 * d$t + rnorm(4 * n), 2); d <- d[-sample(4 * n, 900), ]; save_data("large", d)
data(Hsb82, package = "mlmRev"); h <- Hsb82[as.integer(Hsb82$school) %% 8 == 0, c("school", "minrty", "sx", "ses", "mAch", "sector", "cses")]; save_data("hsb", h)
a <- as.data.frame(nlme::Assay); a$lg <- round(a$logDens, 5); save_data("assay", a[, c("Block", "sample", "dilut", "lg")])
b <- as.data.frame(nlme::BodyWeight); b$Rat <- as.character(b$Rat); b$Diet <- as.character(b$Diet); save_data("rats", b[b$Time %in% c(1, 15, 29, 43, 64), ])
save_data("pups", { p <- as.data.frame(nlme::RatPupWeight); p$Litter <- as.character(p$Litter); p$Treatment <- as.character(p$Treatment); p })

cases <- list(
 list("odd", "y ~ arm * wave + level + age + (1 | id)", "arm", "wave"),
 list("odd", "y ~ arm * flag * level + age + (1 | id)", "arm", "flag"),
 list("odd", "y ~ log(income) * level + flag + (1 | id)", "level", NULL),
 list("odd", "y ~ wave:arm + age + (1 | id)", "wave", "arm"),
 list("odd", "y ~ level / wave + (1 | id)", "wave", "level"),
 list("crossed", "rt ~ year + kind * sex + (1 | person) + (1 | item)", "kind", "sex"),
 list("crossed", "rt ~ factor(year) + sex:kind + (1 | item) + (1 | person)", "sex", "kind"),
 list("crossed", "rt ~ year * kind + (1 | person) + (1 | person:kind)", "kind", NULL),
 list("slopes", "y ~ f + x + w + (1 + x + w | g)", "f", NULL),
 list("slopes", "y ~ f * w + x + (w || g) + (0 + x | g)", "f", NULL),
 list("slopes", "y ~ 0 + f + f:w + offset(o) + (w | g)", "f", NULL),
 list("slopes", "y ~ w:f - 1 + I(w^2) + (0 + w | g)", "f", NULL),
 list("slopes", "y ~ f + w + (f | g)", "f", NULL),
 list("slopes", "y ~ f + w + (f || g)", "f", NULL),
 list("slopes", "y ~ w + offset(log(x)) + (1 | g)", NULL, NULL),
 list("nested", "score ~ treat * t + (t | school) + (1 | school:class)", "treat", NULL),
 list("nested", "score ~ treat + t + (1 | school / class) + (0 + t | school)", "treat", NULL),
 list("nested", "score ~ treat * class + (1 | school)", "class", "treat"),
 list("tiny", "y ~ arm * t + (1 | g)", "arm", NULL),
 list("tiny", "y ~ arm + factor(t) + (1 | g)", "t", "arm"),
 list("edge", "y ~ c * t + (t | g) + (1 | h)", "c", NULL),
 list("edge", "y0 ~ c + t + (1 | g) + (1 | h)", "c", NULL),
 list("edge", "y ~ c * t + (t | g)", "c", NULL),
 list("ordered", "y ~ visit * sev + z + (1 | pid)", "visit", "sev"),
 list("ordered", "y ~ visit + sev:z + (1 | pid)", "sev", "z"),
 list("ordered", "y ~ (visit + sev + z)^2 + (1 | pid)", "sev", "visit"),
 list("large", "y ~ a * t + (t | p)", "a", NULL, FALSE),
 list("hsb", "mAch ~ ses * sector + minrty + sx + (1 + cses | school)", "sector", "minrty", FALSE),
 list("assay", "lg ~ sample * dilut + (1 | Block) + (1 | Block:sample) + (1 | Block:dilut)", "dilut", "sample"),
 list("rats", "weight ~ Diet * Time + (Time | Rat)", "Diet", NULL),
 list("pups", "weight ~ sex * Treatment + Lsize + (1 | Litter)", "Treatment", "sex"),
 list("pups", "weight ~ sex * Treatment * Lsize + (sex | Litter)", "sex", "Treatment", FALSE))
profiled <- c(6, 17, 23, 30)
ctrl <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE, check.conv.singular = "ignore")
write_json(kinds, "json/kinds_lmm.json", auto_unbox = TRUE); args <- as.integer(commandArgs(TRUE)); if (!length(args)) args <- seq_along(cases)
for (i in args) for (reml in c(TRUE, FALSE)) {
  cs <- cases[[i]]; d <- keep[[cs[[1]]]]; f <- as.formula(cs[[2]]); kr_ok <- length(cs) < 5
  m <- tryCatch(quiet(lmer(f, d, REML = reml, control = ctrl)), error = function(e) {cat(i, conditionMessage(e), "\n"); NULL}); if (is.null(m)) next
  for (k in 1:2) m <- quiet(update(m, start = getME(m, "theta")))
  v <- as.data.frame(VarCorr(m)); v$grp <- sub("\\.[0-9]+$", "", v$grp)
  r <- list(case = i, data = cs[[1]], formula = cs[[2]], reml = reml, term = cs[[3]], by = cs[[4]], n = nobs(m), ngrps = as.list(ngrps(m)),
    loglik = as.numeric(logLik(m)), aic = AIC(m), singular = isSingular(m, tol = 1e-4), var = v,
    est = named(names(fixef(m)), fixef(m)), sat = { s <- quiet(coef(summary(m, ddf = "Satterthwaite"))); list(se = s[, 2], df = s[, "df"], p = s[, 5]) })
  if (reml && kr_ok) { s <- quiet(coef(summary(m, ddf = "Kenward-Roger"))); r$kr <- list(se = s[, 2], df = s[, "df"], p = s[, 5]) }
  av <- function(how) { a <- quiet(anova(m, type = 3, ddf = how)); list(term = rownames(a), num = a$NumDF, den = a$DenDF, F = a[["F value"]], p = a[["Pr(>F)"]]) }
  r$anova <- list(satterthwaite = av("Satterthwaite")); if (reml && kr_ok) r$anova[["kenward-roger"]] <- av("Kenward-Roger")
  r$ranef <- as.data.frame(ranef(m, condVar = TRUE)); r$ranef[1:3] <- lapply(r$ranef[1:3], as.character)
  mf <- model.frame(m); new <- d[round(seq(1, nrow(d), length.out = 12)), ]; gn <- names(ngrps(m))
  new <- new[complete.cases(new[, intersect(all.vars(f)[-1], names(new))]), ]
  r$new_rows <- as.integer(rownames(new)); r$pred <- list(null = quiet(as.numeric(predict(m, new))), na = quiet(as.numeric(predict(m, new, re.form = NA))))
  if (!is.null(cs[[3]]) && reml) for (mode in if (kr_ok) c("kenward-roger", "satterthwaite") else "satterthwaite") {
    e <- quiet(emmeans(m, cs[[3]], by = cs[[4]], lmer.df = mode)); r$means[[mode]] <- frame(summary(e))
    for (adj in c("none", "holm", "tukey", "bonferroni")) r$pairs[[mode]][[adj]] <- frame(quiet(summary(pairs(e), infer = TRUE, adjust = adj)))
    if (!is.null(cs[[4]])) r$inter[[mode]] <- frame(quiet(summary(contrast(quiet(emmeans(m, c(cs[[3]], cs[[4]]), lmer.df = mode)), interaction = "pairwise", adjust = "none"))))
  }
  if (i %in% profiled && !reml) { ci <- tryCatch(quiet(confint(profile(m, devtol = 1e-7, signames = FALSE))), error = function(e) {cat("profile", i, conditionMessage(e), "\n"); NULL}); if (!is.null(ci)) r$profile <- list(name = rownames(ci), lower = ci[, 1], upper = ci[, 2]) }
  write_json(r, sprintf("json/lmm_%02d%s.json", i, if (reml) "R" else "M"), digits = NA, auto_unbox = TRUE, na = "null", null = "null"); cat(i, reml, cs[[2]], r$singular, "\n")
}
