# Reference values for alpha and omega. Base R only: factanal fits one factor by maximum likelihood.
# Run in this folder: Rscript make_values.R
set.seed(4)
make <- function(name, n, load, spread) {
  f <- rnorm(n)
  items <- sapply(seq_along(load), function(k) spread[k] * (load[k] * f + sqrt(1 - load[k]^2) * rnorm(n)))
  data.frame(scale = name, round(items, 3), check.names = FALSE)
}
sets <- list(
  make("six", 60, c(.8, .7, .6, .7, .5, .6), rep(1, 6)),
  make("spread", 45, c(.9, .6, .5, .4, .7, .6), c(1, 2, 3, 1, 2, .5)),
  make("weak", 90, c(.3, .4, .3, .5, .3, .4), rep(2, 6)),
  make("reversed", 50, c(.7, -.6, .7, .6, -.5, .6), rep(1, 6)))
items <- do.call(rbind, sets)
names(items) <- c("scale", paste0("i", 1:6))
write.table(items, "items.csv", sep = ",", row.names = FALSE, quote = FALSE)
rows <- lapply(sets, function(part) {
  x <- as.matrix(part[, -1]); k <- ncol(x); s <- cov(x)
  alpha <- k / (k - 1) * (1 - sum(diag(s)) / sum(s))
  fit <- factanal(x, factors = 1, control = list(nstart = 5, opt = list(factr = 1)))
  sd <- apply(x, 2, sd)
  common <- sum(fit$loadings[, 1] * sd)^2
  rest <- sapply(1:k, function(j) cor(x[, j], rowMeans(x[, -j])))
  data.frame(scale = part$scale[1], n = nrow(x), alpha = alpha,
             omega = common / (common + sum(fit$uniquenesses * sd^2)),
             item_rest_1 = rest[1], item_rest_6 = rest[6])
})
out <- do.call(rbind, rows)
out[, 3:6] <- lapply(out[, 3:6], function(v) sprintf("%.12g", v))
write.table(out, "values.csv", sep = ",", row.names = FALSE, quote = FALSE)
writeLines(R.version.string, "versions.txt")
