# Reference values for the Gaussian mixed models: run from the project root with
#   Rscript tests/reference/lmm/make_values.R
# Writes tests/reference/lmm/data/*.csv and tests/reference/lmm/values.csv (case;quantity;name;value).
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(emmeans); library(nlme)})
emm_options(lmerTest.limit = 1e5, pbkrtest.limit = 1e5)
folder <- "tests/reference/lmm"
keep <- list()
save_data <- function(name, d) {
  for (v in names(d)) if (is.factor(d[[v]])) d[[v]] <- as.character(d[[v]])
  write.table(d, file.path(folder, "data", paste0(name, ".csv")), sep = ";", row.names = FALSE, quote = FALSE, na = "")
  # read back, so that R fits exactly what the tests read
  d <- read.csv(file.path(folder, "data", paste0(name, ".csv")), sep = ";", stringsAsFactors = FALSE,
                colClasses = sapply(d, function(v) if (is.character(v)) "character" else "numeric"),
                na.strings = c("", "NA"))
  keep[[name]] <<- d
}

# -- data ---------------------------------------------------------------------------------------------
panel <- function(seed, n, waves, sd_person, sd_slope, sd_rest, drop, teams) {
  set.seed(seed)
  d <- expand.grid(wave = seq_len(waves), person = seq_len(n))
  d$group <- ifelse(d$person <= n / 2, "EKC", "WT")
  d$team <- paste0("t", sprintf("%02d", 1 + (d$person * 7) %% teams), d$group)
  d$age <- round(rnorm(n, 45, 12), 1)[d$person]
  d$edu <- sample(c("high", "low", "mid"), n, TRUE)[d$person]
  d$sex <- sample(c("f", "m"), n, TRUE)[d$person]
  u <- rnorm(n, 0, sd_person)[d$person] + rnorm(n, 0, sd_slope)[d$person] * (d$wave - 1)
  v <- rnorm(2 * teams, 0, sd_person / 2)[as.integer(factor(d$team))]
  d$y <- round(6 - 0.8 * (d$wave - 1) + 0.5 * (d$group == "WT") * (d$wave - 1) + 0.02 * d$age + u + v +
                 rnorm(nrow(d), 0, sd_rest), 4)
  d$months <- round(3 * d$wave + runif(nrow(d), -1, 1), 2)
  d$wave <- as.character(d$wave); d$person <- paste0("p", sprintf("%03d", d$person))
  if (drop > 0) { d <- d[-sample(nrow(d), round(drop * nrow(d))), ]; d$age[sample(nrow(d), 5)] <- NA }
  d
}
save_data("panel2", panel(1, 90, 2, 1.4, 0, 1.1, 0, 6))
save_data("panel2_gaps", panel(2, 115, 2, 1.4, 0, 1.1, 0.12, 8))
save_data("panel3", panel(3, 120, 3, 1.2, 0, 1.0, 0, 6))
save_data("panel3_gaps", panel(4, 110, 3, 1.2, 0.6, 1.0, 0.15, 7))
save_data("panel4_gaps", panel(5, 60, 4, 1.5, 0.7, 0.9, 0.2, 5))
save_data("panel_zero", { set.seed(60); d <- panel(6, 60, 3, 0, 0, 1.0, 0.05, 5)
  d$y <- round(d$y - ave(d$y, d$person) * 0.6 + rnorm(nrow(d), 0, .1), 4); d })
save_data("sleepstudy", sleepstudy)
save_data("orthodont", { o <- as.data.frame(Orthodont); o$Subject <- as.character(o$Subject); o })
save_data("penicillin", Penicillin)
save_data("pastes", Pastes)
save_data("dyestuff2", Dyestuff2)
save_data("machines", { m <- as.data.frame(Machines); m$Worker <- as.character(m$Worker); m })
save_data("oats", { m <- as.data.frame(Oats); m$Block <- as.character(m$Block); m })
save_data("cake", { m <- as.data.frame(cake); m$temperature <- paste0("t", m$temperature); m })
data(BtheB, package = "HSAUR3")
save_data("btheb", { b <- BtheB; b$subject <- paste0("s", sprintf("%03d", seq_len(nrow(b))))
  l <- reshape(b, direction = "long", idvar = "subject", timevar = "time", v.names = "bdi",
               varying = c("bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"), times = c(2, 3, 5, 8)); l })
data(Exam, package = "mlmRev")
save_data("exam", { e <- Exam[as.integer(Exam$school) <= 20, c("school", "normexam", "standLRT", "sex", "type")]; e })
save_data("panel_more", { set.seed(77); d <- panel(8, 80, 3, 1.1, 0, 1.0, 0.1, 6); d$z01 <- rbinom(nrow(d), 1, 0.4)
  d$waven <- as.numeric(d$wave); d })

cases <- list(
  list("panel2", "y ~ group * wave + (1 | person)", "group", "wave"),
  list("panel2_gaps", "y ~ group * wave + age + edu + (1 | person)", "group", "wave"),
  list("panel2_gaps", "y ~ group * wave + age + (1 | person) + (1 | team)", "group", "wave"),
  list("panel3", "y ~ group * wave * sex + (1 | person)", "group", "wave"),
  list("panel3", "y ~ 0 + group + wave + edu + (1 | team/person)", "group", NULL),
  list("panel3_gaps", "y ~ group * wave + age + (1 | person)", "wave", "group"),
  list("panel3_gaps", "y ~ group * months + (months | person)", "group", NULL),
  list("panel3_gaps", "y ~ group * months + edu + (months || person)", "edu", NULL),
  list("panel4_gaps", "y ~ group * months + age + (1 + months | person) + (1 | team)", "group", NULL),
  list("panel4_gaps", "y ~ group:wave + sex + (1 | person)", "sex", NULL),
  list("panel4_gaps", "y ~ wave * edu + offset(months) + (1 | person)", "edu", "wave"),
  list("panel4_gaps", "y ~ group * I(months^2) + (0 + months | person)", "group", NULL),
  list("panel_zero", "y ~ group * wave + (1 | person)", "group", "wave"),
  list("panel_zero", "y ~ group * wave + age + (1 | person) + (1 | team)", "group", "wave"),
  list("sleepstudy", "Reaction ~ Days + (Days | Subject)", NULL, NULL),
  list("sleepstudy", "Reaction ~ Days + (Days || Subject)", NULL, NULL),
  list("sleepstudy", "Reaction ~ factor(Days) + (1 | Subject)", "Days", NULL),
  list("orthodont", "distance ~ age * Sex + (age | Subject)", "Sex", NULL),
  list("orthodont", "distance ~ age * Sex + (1 | Subject)", "Sex", NULL),
  list("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", NULL, NULL),
  list("pastes", "strength ~ 1 + (1 | batch/cask)", NULL, NULL),
  list("pastes", "strength ~ cask + (1 | batch) + (1 | sample)", "cask", NULL),
  list("dyestuff2", "Yield ~ 1 + (1 | Batch)", NULL, NULL),
  list("machines", "score ~ Machine + (1 | Worker/Machine)", "Machine", NULL),
  list("machines", "score ~ Machine + (0 + Machine | Worker)", "Machine", NULL),
  list("oats", "yield ~ Variety * nitro + (1 | Block/Variety)", "Variety", NULL),
  list("oats", "yield ~ Variety * factor(nitro) + (1 | Block/Variety)", "Variety", "nitro"),
  list("cake", "angle ~ recipe * temperature + (1 | recipe:replicate)", "recipe", "temperature"),
  list("btheb", "bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject)", "treatment", NULL),
  list("btheb", "bdi ~ bdi.pre + treatment * factor(time) + (time | subject)", "treatment", "time"),
  list("exam", "normexam ~ standLRT * sex + type + (standLRT | school)", "sex", NULL),
  list("panel4_gaps", "y ~ group * sex * wave + (1 | person) + (1 | team)", "group", "sex"),
  list("panel3_gaps", "y ~ 0 + group:wave + age + (1 | person)", "group", "wave"),
  list("panel_more", "y ~ group * z01 + waven + (waven | person)", "group", "z01"),
  list("panel_more", "y ~ group * log(age) + z01 + (1 | person)", "group", NULL),
  list("panel3", "y ~ group * months + (months | person)", "group", NULL),
  list("panel_more", "y ~ group * wave + edu:wave + (1 | person) + (1 | team)", "wave", "group"))
# a part only, for example: Rscript tests/reference/lmm/make_values.R 32 33
chosen <- as.integer(commandArgs(TRUE)); if (!length(chosen)) chosen <- seq_along(cases)

# -- values -------------------------------------------------------------------------------------------
rows <- list()
put <- function(case, quantity, name, value)
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, name = as.character(name), value = as.numeric(value))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5),
                       calc.derivs = FALSE)
for (i in chosen) for (reml in c(TRUE, FALSE)) {
  set <- cases[[i]][[1]]; text <- cases[[i]][[2]]; d <- keep[[set]]
  case <- paste(i, if (reml) "REML" else "ML"); cat(case, set, text, "\n")
  # twice, from the first optimum: bobyqa alone stops at 6 digits
  m <- suppressMessages(suppressWarnings(lmer(as.formula(text), d, REML = reml, control = control)))
  m <- suppressMessages(suppressWarnings(update(m, start = getME(m, "theta"))))
  put(case, "n", set, nobs(m)); put(case, "loglik", "", logLik(m))
  put(case, "singular", "", isSingular(m))
  s <- suppressWarnings(coef(summary(m, ddf = "Satterthwaite")))
  put(case, "estimate", rownames(s), s[, 1]); put(case, "se", rownames(s), s[, 2])
  put(case, "satterthwaite df", rownames(s), s[, "df"]); put(case, "satterthwaite p", rownames(s), s[, 5])
  vc <- as.data.frame(VarCorr(m))
  for (j in seq_len(nrow(vc))) put(case, if (is.na(vc$var2[j])) "sd" else "cor",
    paste(sub("\\.[0-9]+$", "", vc$grp[j]), vc$var1[j], vc$var2[j], sep = "|"), vc$sdcor[j])
  a <- anova(m, type = 3, ddf = "Satterthwaite")
  if (nrow(a)) for (k in c("NumDF", "DenDF", "F value", "Pr(>F)")) put(case, paste("anova satterthwaite", k), rownames(a), a[[k]])
  re <- ranef(m)
  for (g in names(re)) for (v in names(re[[g]]))
    put(case, "mode", paste(g, v, rownames(re[[g]]), sep = "|")[1:3], re[[g]][[v]][1:3])
  if (reml) {
    k <- coef(summary(m, ddf = "Kenward-Roger"))
    put(case, "kr se", rownames(k), k[, 2]); put(case, "kr df", rownames(k), k[, "df"]); put(case, "kr p", rownames(k), k[, 5])
    a <- anova(m, type = 3, ddf = "Kenward-Roger")
    if (nrow(a)) for (q in c("NumDF", "DenDF", "F value", "Pr(>F)")) put(case, paste("anova kr", q), rownames(a), a[[q]])
    if (!is.null(cases[[i]][[3]])) for (mode in c("kenward-roger", "satterthwaite")) {
      e <- suppressMessages(emmeans(m, cases[[i]][[3]], by = cases[[i]][[4]], lmer.df = mode))
      g <- as.data.frame(e); name <- apply(g[, c(cases[[i]][[3]], cases[[i]][[4]]), drop = FALSE], 1, paste, collapse = "|")
      for (q in c("emmean", "SE", "df", "lower.CL", "upper.CL")) put(case, paste("means", mode, q), name, g[[q]])
      for (adjust in c("tukey", "holm")) {
        s <- summary(pairs(e), infer = TRUE, adjust = adjust)
        name <- if (is.null(cases[[i]][[4]])) as.character(s$contrast) else paste(s$contrast, s[[cases[[i]][[4]]]], sep = "|")
        for (q in c("estimate", "SE", "df", "lower.CL", "upper.CL", "p.value")) put(case, paste("pairs", mode, adjust, q), name, s[[q]])
      }
      if (!is.null(cases[[i]][[4]])) {
        e2 <- suppressMessages(emmeans(m, c(cases[[i]][[3]], cases[[i]][[4]]), lmer.df = mode))
        s <- as.data.frame(contrast(e2, interaction = "pairwise", adjust = "none"))
        name <- paste(s[[1]], s[[2]], sep = "|")
        for (q in c("estimate", "SE", "df", "p.value")) put(case, paste("interaction", mode, q), name, s[[q]])
      }
    }
  }
}
values <- do.call(rbind, rows)
values$value <- sprintf("%.17g", values$value)
write.table(values, file.path(folder, if (length(chosen) < length(cases)) "values_part.csv" else "values.csv"), sep = ";", row.names = FALSE, quote = FALSE)
write.table(data.frame(case = seq_along(cases), data = sapply(cases, `[[`, 1), formula = sapply(cases, `[[`, 2),
  term = sapply(cases, function(c) if (is.null(c[[3]])) "" else c[[3]]),
  by = sapply(cases, function(c) if (is.null(c[[4]])) "" else c[[4]])),
  file.path(folder, "cases.csv"), sep = ";", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, sapply(c("lme4", "lmerTest", "pbkrtest", "emmeans", "nlme"),
  function(p) paste(p, packageVersion(p)))), file.path(folder, "versions.txt"))
