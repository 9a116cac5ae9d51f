# Attrition weights, overlap weights, multiple imputation and influence, in R: Rscript make_values.R, in this folder.
suppressMessages({ library(lme4); library(mice) })
options(digits = 15)
set.seed(11)
n <- 110
d <- data.frame(pid = sprintf("p%03d", 1:n), arm = rep(c("A", "B"), c(52, 58)))
d$age <- round(45 + 8 * rnorm(n) + 3 * (d$arm == "B")); d$edu <- sample(1:3, n, TRUE)
d$y1 <- round(5 + 0.05 * (d$age - 45) + rnorm(n), 3)
d$y2 <- round(0.6 * d$y1 + 1.2 + 0.3 * (d$arm == "A") + rnorm(n), 3)
d$y2[runif(n) < plogis(-1.6 + 0.05 * (d$age - 45) + 0.4 * (d$edu == 3))] <- NA
write.csv(d, "panel.csv", row.names = FALSE, quote = FALSE, na = "")
values <- list()
add <- function(what, name, value) values[[length(values) + 1]] <<- data.frame(what, name, value = as.numeric(value))

# who left: R's glm
d$gone <- as.numeric(is.na(d$y2)); d$e2 <- as.numeric(d$edu == 2); d$e3 <- as.numeric(d$edu == 3); d$b <- as.numeric(d$arm == "B")
left <- glm(gone ~ b + age + e2 + e3, binomial, d, control = glm.control(epsilon = 1e-14))
add("attrition", names(coef(left)), coef(left)); add("attrition se", names(coef(left)), sqrt(diag(vcov(left))))

# weights of those who stayed, stabilised by group; the weighted difference in change with HC3 errors
stay <- glm(1 - gone ~ b + y1 + age + e2 + e3, binomial, d, control = glm.control(epsilon = 1e-14))
share <- ave(1 - d$gone, d$arm); w <- share / fitted(stay); here <- d$gone == 0
add("ipaw", d$pid[here], w[here])
g <- d[here, ]; g$a <- as.numeric(g$arm == "A"); g$change <- g$y2 - g$y1; g$w <- w[here]
made <- lm(change ~ a, g, weights = w)
X <- model.matrix(made); bread <- solve(t(X) %*% (X * g$w))
e <- residuals(made) * g$w / (1 - hatvalues(made))
V <- bread %*% t(X) %*% diag(e^2) %*% X %*% bread
add("weighted", c("estimate", "se", "df"), c(coef(made)[2], sqrt(V[2, 2]), nrow(g) - 2))

# overlap weights and standardised differences, second group minus first
score <- glm(b ~ age + e2 + e3, binomial, d, control = glm.control(epsilon = 1e-14))
o <- ifelse(d$b == 1, 1 - fitted(score), fitted(score))
add("overlap", d$pid, o)
for (v in c("age", "e2", "e3")) {
  x <- d[[v]]; spread <- sqrt((var(x[d$b == 1]) + var(x[d$b == 0])) / 2)
  add("plain difference", v, (mean(x[d$b == 1]) - mean(x[d$b == 0])) / spread)
  add("overlap difference", v, (weighted.mean(x[d$b == 1], o[d$b == 1]) - weighted.mean(x[d$b == 0], o[d$b == 0])) / spread)
}

# multiple imputation by mice's norm, pooled with Barnard and Rubin's df: 600 imputations
m <- 600
imp <- mice(d[, c("b", "y1", "age", "e2", "e3", "y2")], m = m, method = "norm", maxit = 1, seed = 3, printFlag = FALSE)
fits <- sapply(1:m, function(i) {
  c1 <- complete(imp, i); s <- summary(lm(I(y2 - y1) ~ I(1 - b), c1))$coefficients; s[2, 1:2]
})
pooled <- pool.scalar(fits[1, ], fits[2, ]^2, n = n, k = 2)
add("mice", c("estimate", "se", "df", "between"), c(pooled$qbar, sqrt(pooled$t), pooled$df, pooled$b))
# the same rules on ten of these fits, to the last digit
ten <- pool.scalar(fits[1, 1:10], fits[2, 1:10]^2, n = n, k = 2)
add("ten estimates", 1:10, fits[1, 1:10]); add("ten errors", 1:10, fits[2, 1:10])
add("ten pooled", c("estimate", "se", "df"), c(ten$qbar, sqrt(ten$t), ten$df))

# influence: the difference in change without each person in turn, everyone by likelihood
long <- rbind(data.frame(d[, c("pid", "arm")], visit = "1", y = d$y1), data.frame(d[, c("pid", "arm")], visit = "2", y = d$y2))
long <- long[!is.na(long$y), ]
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9), calc.derivs = FALSE)
without <- sapply(d$pid, function(p) -fixef(lmer(y ~ arm * visit + (1 | pid), long[long$pid != p, ], control = control))[4])
add("influence", d$pid, without)

# a first answer missing where the second was given: chained equations of mice's norm
set.seed(12); h <- d; hole <- runif(n) < 0.3; h$y1[hole] <- NA
add("holes", d$pid[hole], 1)
chain <- mice(h[, c("b", "y1", "age", "e2", "e3", "y2")], m = m, method = "norm", maxit = 15, seed = 4, printFlag = FALSE)
fits <- sapply(1:m, function(i) {
  c1 <- complete(chain, i); s <- summary(lm(I(y2 - y1) ~ I(1 - b), c1))$coefficients; s[2, 1:2]
})
pooled <- pool.scalar(fits[1, ], fits[2, ]^2, n = n, k = 2)
add("chained", c("estimate", "se", "df", "between"), c(pooled$qbar, sqrt(pooled$t), pooled$df, pooled$b))
write.csv(do.call(rbind, values), "values.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("lme4", packageVersion("lme4")), paste("mice", packageVersion("mice"))), "versions.txt")
