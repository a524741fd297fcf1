# Makes r_reference_losses.json from datasets_losses.json: those lost, weighted waves, and tests that had no second software.
# Run in this folder: Rscript reference_losses.R. It is not needed to run the tests.
suppressMessages({ library(jsonlite); library(mice); library(survey); library(boot); library(coin); library(exactRankTests) })
d <- fromJSON("datasets_losses.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- pooling of given fillings
p <- pool.scalar(d$pooled$estimate, d$pooled$variance, n = d$pooled$complete_df + 1, k = 1)
put("mice.estimate", p$qbar, "mice::pool.scalar"); put("mice.std_error", sqrt(p$t), "mice::pool.scalar"); put("mice.df", p$df, "mice::pool.scalar")
put("mice.missing_information", p$b * (1 + 1 / p$m) / p$t, "mice::pool.scalar")

# ---- a drawn score: posterior predictive of the regression, shifted and scaled t
fit <- lm(post ~ pre, d$lost); g <- predict(fit, data.frame(pre = d$lost$pre_lost), se.fit = TRUE); s <- sqrt(g$se.fit^2 + g$residual.scale^2)
put("draws.mean", g$fit, "stats::predict.lm"); put("draws.sd", s * sqrt(g$df / (g$df - 2)), "stats::predict.lm, t with its df")
for (q in c(.1, .9)) put(paste0("draws.quantile_", q), g$fit + qt(q, g$df) * s, "stats::predict.lm, stats::qt")

# ---- anonymous waves with weights
w <- d$waves
long <- data.frame(y = c(w$pre, w$post), wave = rep(0:1, c(length(w$pre), length(w$post))), w = c(w$pre_weight, w$post_weight),
  sex = factor(c(w$pre_sex, w$post_sex)), age = factor(c(w$pre_age, w$post_age)))
both <- svyby(~y, ~wave, svydesign(~1, strata = ~wave, weights = ~w, data = long), svymean, covmat = TRUE)
diff <- svycontrast(both, c(-1, 1)); by <- "survey::svyby, svycontrast"
put("waves.given.estimate", coef(diff), by); put("waves.given.std_error", SE(diff), by)
part <- function(rows, weights) svydesign(~1, weights = weights, data = rows)
v <- c(SE(svymean(~y, part(long[long$wave == 0, ], ~w)))^2, SE(svymean(~y, part(long[long$wave == 1, ], ~w)))^2)
df <- sum(v)^2 / sum(v^2 / (table(long$wave) - 1)); put("waves.given.df", df, "survey::svymean, Satterthwaite")
put("waves.given.p_value", 2 * pt(-abs(coef(diff) / SE(diff)), df), "survey::svycontrast, stats::pt")
put("waves.given.n_effective_post", vegan::diversity(w$post_weight, "invsimpson"), "vegan::diversity, inverse Simpson")
raked <- function(side, sex, age) {
  rows <- long[long$wave == side, ]; rows$one <- 1; n <- nrow(rows)
  total <- c(`(Intercept)` = n, setNames(n * sex[-1], paste0("sex", seq_along(sex[-1]))), setNames(n * age[-1], paste0("age", seq_along(age[-1]))))
  rows$raked <- weights(calibrate(svydesign(~1, weights = ~one, data = rows), ~ sex + age, total, calfun = "raking", epsilon = 1e-12, maxit = 200))
  # Calibrated once more, to what it has already: the residuals are then those at the raked weights. The package takes them at
  # the weights of before, which is as good only where the sample differs from its target by chance.
  calibrate(svydesign(~1, weights = ~raked, data = rows), ~ sex + age, total)
}
r0 <- raked(0, w$target_sex, w$target_age); r1 <- raked(1, w$target_sex, w$target_age); by <- "survey::calibrate (raking), svymean"
put("waves.raked.estimate", coef(svymean(~y, r1)) - coef(svymean(~y, r0)), by)
put("waves.raked.std_error", sqrt(SE(svymean(~y, r1))^2 + SE(svymean(~y, r0))^2), by)
share <- function(x) as.numeric(prop.table(table(x))); pre <- long[long$wave == 0, ]
alike <- raked(1, share(pre$sex), share(pre$age))
put("waves.alike.estimate", coef(svymean(~y, alike)) - mean(pre$y), by)
model <- lm(y ~ sex + age, long[long$wave == 1, ], weights = weights(alike)); pre$gap <- predict(model, pre) - pre$y
own <- SE(svymean(~gap, svydesign(~1, weights = rep(1, nrow(pre)), data = pre)))
put("waves.alike.std_error", sqrt(SE(svymean(~y, alike))^2 + own^2), "survey::calibrate, svymean of the baseline's gaps")
sex <- postStratify(svydesign(~1, weights = ~one, data = transform(long[long$wave == 1, ], one = 1)), ~sex, data.frame(sex = levels(pre$sex), Freq = as.numeric(table(pre$sex))))
put("waves.one.estimate", coef(svymean(~y, sex)) - mean(pre$y), "survey::postStratify, svymean")
cell <- tapply(long$y[long$wave == 1], long$sex[long$wave == 1], mean); pre$gap <- cell[pre$sex] - pre$y
own <- SE(svymean(~gap, svydesign(~1, weights = rep(1, nrow(pre)), data = pre)))
put("waves.one.std_error", sqrt(SE(svymean(~y, sex))^2 + own^2), "survey::postStratify, svymean of the baseline's gaps")
change <- data.frame(d = w$post[1:26] - w$pre[1:26], w = w$post_weight)
des <- svydesign(~1, weights = ~w, data = change); put("weighted.p_value", summary(svyglm(d ~ 1, des))$coefficients[4], "survey::svyglm"); ci <- confint(svymean(~d, des), df = degf(des))
put("weighted.ci_low", ci[1], "survey::svymean, confint"); put("weighted.ci_high", ci[2], "survey::svymean, confint")

# ---- Tango's score limits: constrained likelihood by search, not by the closed root
b <- d$tango$up; c0 <- d$tango$down; n <- d$tango$n
score <- function(delta) {
  ll <- function(q) { up <- q + delta; c1 <- n - b - c0; rest <- 1 - up - q; if (up <= 0 || q <= 0 || rest <= 0) return(-1e10); b * log(up) + c0 * log(q) + c1 * log(rest) }
  q <- optimize(ll, c(max(0, -delta), (1 - delta) / 2), maximum = TRUE, tol = 1e-12)$maximum
  (b - c0 - n * delta) / sqrt(n * (2 * q + delta * (1 - delta)))
}
z <- qnorm(.975); by <- "stats::optimize of the constrained likelihood, uniroot"
put("tango.low", uniroot(function(x) score(x) - z, c(-.9, (b - c0) / n), tol = 1e-12)$root, by)
put("tango.high", uniroot(function(x) score(x) + z, c((b - c0) / n, .9), tol = 1e-12)$root, by)

# ---- sign flips: swapping the two sides of a pair is flipping its sign
x <- d$flip; k <- length(x); pair <- data.frame(y = c(x, rep(0, k)), side = factor(rep(1:2, each = k)), id = factor(rep(seq_len(k), 2)))
# All 2^k flips; the package counts whole numbers, and the changes have three decimals.
put("sign_flip.p_value", perm.test(round(1000 * x), rep(0, k), paired = TRUE, exact = TRUE)$p.value, "exactRankTests::perm.test")
many <- approximate(nresample = 1000000); set.seed(1)
put("sign_flip.drawn", pvalue(symmetry_test(y ~ side | id, pair, distribution = many)), "coin::symmetry_test, 1,000,000 draws")

# ---- BCa of a skewed mean change
set.seed(1); y <- d$skewed$post
bb <- boot(y, function(v, i) mean(v[i]), 400000); ci <- boot.ci(bb, type = "bca", L = y - mean(y))$bca
put("bca.ci_low", ci[4], "boot::boot.ci, BCa, 400,000 draws"); put("bca.ci_high", ci[5], "boot::boot.ci, BCa, 400,000 draws")

# ---- equivalence: the flag either side of the margin at which it turns
diff <- d$tost$post - d$tost$pre
tost <- function(m) max(t.test(diff, mu = -m, alternative = "greater")$p.value, t.test(diff, mu = m, alternative = "less")$p.value)
for (m in c(.2, .3, .4, .6)) { put(paste0("tost.", m, ".p_value"), tost(m), "stats::t.test, twice one-sided"); put(paste0("tost.", m, ".equivalent"), tost(m) < .05, "stats::t.test, twice one-sided") }

# ---- Lee's bounds of rows with counts: every person in a row of their own
l <- d$lee; y <- rep(l$value, l$count); tr <- rep(l$treated, l$count) == 1; k1 <- mean(!is.na(y[tr])); k0 <- mean(!is.na(y[!tr])); many <- 10080
cut <- function(v, keep, top) { v <- sort(rep(v, each = many), decreasing = top); mean(v[seq_len(round(length(v) * keep))]) }
y1 <- y[tr & !is.na(y)]; y0 <- y[!tr & !is.na(y)]; f1 <- min(k1, k0) / k1; f0 <- min(k1, k0) / k0; by <- "base R: each person copied 10,080 times, Lee 2009"
put("lee_counts.low", cut(y1, f1, FALSE) - cut(y0, f0, TRUE), by); put("lee_counts.high", cut(y1, f1, TRUE) - cut(y0, f0, FALSE), by)

versions <- sapply(c("mice", "survey", "boot", "coin", "exactRankTests", "vegan"), function(p) as.character(packageVersion(p)))
write(toJSON(list(versions = c(R = paste(R.version$major, R.version$minor, sep = "."), as.list(versions)), rows = out), auto_unbox = TRUE, digits = 15, pretty = TRUE), "r_reference_losses.json")
