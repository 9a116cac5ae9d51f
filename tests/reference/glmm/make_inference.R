# Marginal means, contrasts and profile limits of models in make.R, from its data: writes inference.json.
suppressMessages({library(lme4); library(ordinal); library(emmeans); library(jsonlite)})
control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-9, maxfun = 1e6),
                        tolPwrss = 1e-11, check.conv.grad = "ignore", check.conv.singular = "ignore", check.conv.hess = "ignore")
read <- function(name) read.csv(file.path("data", paste0(name, ".csv")), stringsAsFactors = TRUE, na.strings = "")
three <- read("three"); cbpp <- read("cbpp"); bacteria <- read("bacteria")
write_all <- function() write_json(list(means = means, profiles = profiles), "inference.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
profiles <- list()
m15 <- glmer(yes ~ group * wave + age + severity + (1 | id), three, binomial, nAGQ = 15, control = control)

# marginal means and contrasts on the link scale
means <- list()
look <- function(id, e, contrast) {
  s <- as.data.frame(summary(e, infer = TRUE)); p <- as.data.frame(summary(contrast, infer = TRUE))
  means[[id]] <<- list(levels = apply(s[, sapply(s, is.factor), drop = FALSE], 1, paste, collapse = " "), emmean = s$emmean, se = s$SE,
                       contrast = as.character(p$contrast), estimate = p$estimate, contrast_se = p$SE, p = p$p.value)
}
e <- emmeans(m15, "group", by = "wave"); look("three_logit_q15", e, pairs(e))
e <- emmeans(m15, "wave", by = "group"); look("three_logit_q15_wave", e, pairs(e))
d3 <- three; d3$lonely <- factor(d3$lonely)
mo <- clmm(lonely ~ group * wave + age + severity + (1 | id), d3, nAGQ = 15, control = clmm.control(gradTol = 1e-9))
e <- emmeans(mo, "wave", by = "group"); look("three_ordinal_q15_wave", e, pairs(e))
write_all()

keep <- function(id, m) {
  ci <- confint(profile(m, signames = FALSE))
  profiles[[id]] <<- list(parameter = rownames(ci), lower = ci[, 1], upper = ci[, 2])
  write_all(); cat("profile", id, "\n")
}
keep("cbpp_q1", glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = control))
keep("bacteria_q15", glmer(y ~ trt + week + (1 | ID), bacteria, binomial, nAGQ = 15, control = control))
