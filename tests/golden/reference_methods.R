# Makes r_reference_methods.json from datasets_methods.json: small samples, groups, measurement.
# Run in this folder: Rscript reference_methods.R. It is not needed to run the tests.
suppressMessages({ library(jsonlite); library(metafor); library(mvtnorm); library(effectsize) })
d <- fromJSON("datasets_methods.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- partial pooling: metafor's own likelihood, BLUPs and predictions at each tau, then summed
g <- d$groups
v <- (g$std_error * qt(.975, g$df) / qnorm(.975))^2
typical <- 1 / mean(1 / v); scale <- sqrt(typical * mean(g$df + 1))
x <- (seq_len(3000) - .5) / 3000; tau <- sqrt(typical) * x / (1 - x)
parts <- lapply(tau, function(t) {
  r <- rma(yi = g$estimate, vi = v, tau2 = t^2); b <- blup(r); p <- predict(r)
  list(ll = as.numeric(logLik(r)), m = b$pred, s = b$se, mu = p$pred, se = p$se)
})
share <- sapply(parts, `[[`, "ll") + dcauchy(tau, 0, scale, log = TRUE) - 2 * log(1 - x)
share <- exp(share - max(share)); share <- share / sum(share)
m <- sapply(parts, `[[`, "m"); s <- sapply(parts, `[[`, "s"); mu <- sapply(parts, `[[`, "mu"); se <- sapply(parts, `[[`, "se")
q <- function(p, m, s) uniroot(function(t) sum(share * pnorm(t, m, s)) - p, c(-50, 50), tol = 1e-13)$root
by <- "metafor::rma, blup, predict at 3000 tau"
for (j in c(1, 3, 6)) {
  put(paste0("pooling.group", j, ".estimate"), sum(share * m[j, ]), by)
  put(paste0("pooling.group", j, ".ci_low"), q(.025, m[j, ], s[j, ]), by); put(paste0("pooling.group", j, ".ci_high"), q(.975, m[j, ], s[j, ]), by)
}
put("pooling.mean", sum(share * mu), by)
put("pooling.prediction_low", q(.025, mu, sqrt(se^2 + tau^2)), by); put("pooling.prediction_high", q(.975, mu, sqrt(se^2 + tau^2)), by)
floor <- rma(yi = c(.1, .11, .12), sei = c(.2, .25, .3), method = "REML", test = "adhoc")
put("pooling.floor.std_error", floor$se, "metafor::rma, test = adhoc"); put("pooling.floor.ci_low", floor$ci.lb, "metafor::rma, test = adhoc"); put("pooling.floor.ci_high", floor$ci.ub, "metafor::rma, test = adhoc")

# ---- effect sizes of few pairs
a <- d$small$pre; b <- d$small$post; n <- length(a); t <- t.test(b, a, paired = TRUE)$statistic
ncp <- sapply(c(.975, .025), function(p) uniroot(function(m) pt(t, n - 1, m) - p, c(-30, 40), tol = 1e-13)$root)
k <- sqrt(2 * (var(a) + var(b) - 2 * cov(a, b)) / (n * (var(a) + var(b))))
put("small.d_av.ci_low", ncp[1] * k, "stats::pt, uniroot; Algina & Keselman"); put("small.d_av.ci_high", ncp[2] * k, "stats::pt, uniroot; Algina & Keselman")
diff <- (b - a)[b != a]; m <- length(diff)
r <- effectsize::rank_biserial(b, a, paired = TRUE)$r_rank_biserial
put("small.rank_biserial.estimate", r, "effectsize::rank_biserial")
both <- function(h, k, rho) pmvnorm(upper = c(h, k), corr = matrix(c(1, rho, rho, 1), 2), algorithm = TVPACK(1e-14))[1]
moments <- function(shift) {
  z <- sqrt(2) * shift; p1 <- pnorm(shift); p2 <- pnorm(z); p3 <- both(shift, z, sqrt(.5)); p4 <- both(z, z, .5); N <- m * (m + 1) / 2
  V <- (m * p1 * (1 - p1) + m * (m - 1) / 2 * p2 * (1 - p2) + 2 * m * (m - 1) * (p3 - p1 * p2) + m * (m - 1) * (m - 2) * (p4 - p2^2)) / N^2
  c(2 * (m * p1 + m * (m - 1) / 2 * p2) / N - 1, sqrt(max(4 * V, (1 - (2 * p2 - 1)^2) / m)))
}
limit <- function(z) 2 * pnorm(sqrt(2) * uniroot(function(s) { e <- moments(s); e[1] + z * e[2] - r }, c(-4, 4), tol = 1e-13)$root) - 1
put("small.rank_biserial.ci_low", limit(qnorm(.975)), "mvtnorm::pmvnorm, uniroot"); put("small.rank_biserial.ci_high", limit(-qnorm(.975)), "mvtnorm::pmvnorm, uniroot")
walsh <- outer(b - a, b - a, "+") / 2; walsh <- sort(walsh[upper.tri(walsh, diag = TRUE)]); place <- qsignrank(.025, n)
put("small.wilcoxon.estimate", median(walsh), "stats::median of all Walsh averages")
put("small.wilcoxon.ci_low", walsh[place], "stats::qsignrank on Walsh averages"); put("small.wilcoxon.ci_high", walsh[length(walsh) + 1 - place], "stats::qsignrank on Walsh averages")
w <- wilcox.test(d$many$change, exact = FALSE, correct = FALSE, conf.int = TRUE, tol.root = 1e-12)
put("many.wilcoxon.ci_low", w$conf.int[1], "stats::wilcox.test, normal"); put("many.wilcoxon.ci_high", w$conf.int[2], "stats::wilcox.test, normal")
y <- d$yes_no; before <- rep(c(0, 0, 1, 1), c(y[1, ], y[2, ])); after <- rep(c(0, 1, 0, 1), c(y[1, ], y[2, ]))
h <- effectsize::cohens_h(t(table(rep(0:1, each = sum(y)), 1 - c(after, before))))
put("yes_no.cohen_h.estimate", h$Cohens_h, "effectsize::cohens_h")
hs <- sqrt(2 * (1 - cor(before, after)) / sum(y)); put("yes_no.cohen_h.std_error", hs, "stats::cor")
put("yes_no.cohen_h.ci_low", h$Cohens_h - qnorm(.975) * hs, "effectsize::cohens_h, stats::cor"); put("yes_no.cohen_h.ci_high", h$Cohens_h + qnorm(.975) * hs, "effectsize::cohens_h, stats::cor")

versions <- sapply(c("metafor", "mvtnorm", "effectsize"), function(p) as.character(packageVersion(p)))
write(toJSON(list(versions = c(R = paste(R.version$major, R.version$minor, sep = "."), as.list(versions)), rows = out), auto_unbox = TRUE, digits = 15, pretty = TRUE), "r_reference_methods.json")
