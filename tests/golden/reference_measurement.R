# Makes r_reference_measurement.json from datasets_measurement.json: questions that mean the same, one ordered answer.
# Run in this folder: Rscript reference_measurement.R. It is not needed to run the tests.
suppressMessages({ library(jsonlite); library(psych); library(lavaan); library(ordinal); library(sandwich); library(numDeriv) })
d <- fromJSON("datasets_measurement.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- sampling adequacy and one factor
items <- paste0("x", 1:5)
pre <- setNames(as.data.frame(t(d$factor$pre)), items); post <- setNames(as.data.frame(t(d$factor$post)), items)
kmo <- KMO(pre)
put("kmo.overall", kmo$MSA, "psych::KMO")
for (j in c(1, 4)) put(paste0("kmo.item", j), kmo$MSAi[j], "psych::KMO")
model <- paste("f =~", paste(items, collapse = " + "))
measures <- c(chi2 = "chisq", df = "df", p_value = "pvalue", cfi = "cfi", rmsea = "rmsea", rmsea_low = "rmsea.ci.lower", rmsea_high = "rmsea.ci.upper", srmr = "srmr")
report <- function(key, fit, by) for (name in names(measures)) put(paste(key, name, sep = "."), fitMeasures(fit, measures[[name]]), by)
one <- cfa(model, data = pre, std.lv = TRUE)
report("factor.pre", one, "lavaan::cfa")
for (j in 1:5) put(paste0("factor.pre.loading", j), standardizedSolution(one)$est.std[j], "lavaan::cfa")
both <- rbind(cbind(pre, wave = 0), cbind(post, wave = 1))
free <- cfa(model, data = both, group = "wave", std.lv = TRUE, meanstructure = FALSE)
report("factor.configural", free, "lavaan::cfa, two groups")
equal <- cfa(model, data = both, group = "wave", group.equal = "loadings", std.lv = TRUE, meanstructure = FALSE)
report("factor.metric", equal, "lavaan::cfa, equal loadings")

# ---- equal loadings: generalised score test at lavaan's metric fit, each person's scores summed, Hotelling's T²
density <- function(p, y) { S <- tcrossprod(p[1:5]) + diag(p[6:10]); y <- scale(y, scale = FALSE); -.5 * (as.numeric(determinant(S)$modulus) + rowSums((y %*% solve(S)) * y)) }
est <- lavInspect(equal, "est"); lam <- lapply(est, function(e) as.numeric(e$lambda) * sqrt(e$psi[1])); uni <- lapply(est, function(e) diag(e$theta))
moves <- Map(function(x, l, u) {
  p <- c(l, u); S <- tcrossprod(l) + diag(u); Si <- solve(S)
  dS <- jacobian(function(p) as.numeric(tcrossprod(p[1:5]) + diag(p[6:10])), p)
  info <- nrow(x) / 2 * t(dS) %*% kronecker(Si, Si) %*% dS
  (jacobian(density, p, y = as.matrix(x)) %*% solve(info))[, 1:5]
}, list(pre, post), lam, uni)
n <- nrow(pre)
h <- function(p) { a <- p[1:5]; b <- p[6:10]; (b * sum(a) - a * sum(b))[1:4] }
asked <- cbind(moves[[1]], moves[[2]]) %*% t(jacobian(h, c(lam[[1]], lam[[2]]))); m <- colMeans(asked)
f <- n * m %*% solve(cov(asked), m) * (n - 4) / (4 * (n - 1)); by <- "lavaan::cfa, numDeriv::jacobian, Hotelling's T2"
put("equal_loadings.statistic", f, by); put("equal_loadings.p_value", pf(f, 4, n - 4, lower.tail = FALSE), by)

# ---- item shift: cumulative logit on the total, errors by person
x <- as.matrix(both[, items]); total <- rowMeans(x); z <- as.numeric((total - mean(total)) / sqrt(mean((total - mean(total))^2)))
person <- rep(seq_len(n), 2)
for (j in c(1, 3)) {
  y <- factor(x[, j]); g <- data.frame(y, z, w = both$wave, zw = z * both$wave)
  m0 <- clm(y ~ 1, data = g); m1 <- clm(y ~ z, data = g); m3 <- clm(y ~ z + w + zw, data = g, control = clm.control(gradTol = 1e-10))
  vc <- vcovCL(m3, cluster = person, type = "HC0", cadjust = TRUE); b <- coef(m3)[c("w", "zw")]
  f <- as.numeric(b %*% solve(vc[c("w", "zw"), c("w", "zw")]) %*% b) * (n - 2) / (2 * (n - 1)); by <- "ordinal::clm, sandwich::vcovCL"; key <- paste0("shift.item", j)
  put(paste0(key, ".statistic"), f, by); put(paste0(key, ".p_value"), pf(f, 2, n - 2, lower.tail = FALSE), by)
  lr <- as.numeric(2 * (logLik(m3) - logLik(m1))); put(paste0(key, ".likelihood_ratio"), lr, "ordinal::clm"); put(paste0(key, ".likelihood_ratio_p"), pchisq(lr, 2, lower.tail = FALSE), "ordinal::clm")
  put(paste0(key, ".mcfadden_change"), -lr / 2 / as.numeric(logLik(m0)), "ordinal::clm")
  nag <- function(m) as.numeric((1 - exp(2 / nrow(g) * (logLik(m0) - logLik(m)))) / (1 - exp(2 / nrow(g) * logLik(m0))))
  put(paste0(key, ".r2_change"), nag(m3) - nag(m1), "ordinal::clm")
  k <- nlevels(y) - 1; values <- as.numeric(levels(y))
  gap <- function(p) {
    mean(sapply(c(1, 0), function(w) { e <- p[k + 1] * z + p[k + 2] * w + p[k + 3] * z * w
      below <- plogis(outer(e, p[1:k], function(e, a) a - e)); rowSums(cbind(below, 1) * 0) + values[k + 1] - as.numeric(below %*% diff(values)) }) %*% c(1, -1))
  }
  s <- grad(gap, coef(m3)); put(paste0(key, ".estimate"), gap(coef(m3)), "ordinal::clm, expected answers"); put(paste0(key, ".std_error"), sqrt(as.numeric(s %*% vc %*% s)), "sandwich::vcovCL, numDeriv::grad")
}

# ---- one ordered answer, linked waves (clmm keeps the log of the spread in its covariance)
a <- d$ordered
long <- function(waves) { g <- data.frame(y = factor(c(a[, waves]), ordered = TRUE), w = factor(rep(waves, each = nrow(a))), id = factor(rep(seq_len(nrow(a)), length(waves)))); g[!is.na(g$y), ] }
two <- clmm(y ~ w + (1 | id), data = long(1:2), nAGQ = 40, control = clmm.control(gradTol = 1e-9))
c2 <- coef(summary(two)); by <- "ordinal::clmm, nAGQ 40"
put("ordered.two.estimate", c2["w2", 1], by); put("ordered.two.std_error", c2["w2", 2], by); put("ordered.two.log_likelihood", two$logLik, by); put("ordered.two.spread", as.numeric(two$ST[[1]]), by)
alpha <- two$alpha; beta <- two$beta; sd <- as.numeric(two$ST[[1]])
share <- function(w, p = c(alpha, beta, sd)) diff(c(0, sapply(p[1:4], function(t) integrate(function(u) plogis(t - w * p[5] - p[6] * u) * dnorm(u), -Inf, Inf, rel.tol = 1e-11)$value), 1))
V <- vcov(two)
for (w in 0:1) for (j in c(1, 3, 5)) {
  key <- paste0("ordered.share.wave", w + 1, ".answer", j)
  put(key, share(w)[j], "ordinal::clmm, stats::integrate"); s <- grad(function(p) share(w, c(p[1:5], exp(p[6])))[j], c(alpha, beta, log(sd)))
  put(paste0(key, ".std_error"), sqrt(as.numeric(s %*% V %*% s)), "ordinal::clmm, stats::integrate")
}
g <- long(1:2)
p1 <- clmm2(location = y ~ w, random = id, data = g, nAGQ = 40, Hess = TRUE); p2 <- clmm2(location = y ~ 1, nominal = ~w, random = id, data = g, nAGQ = 40, Hess = TRUE)
lr <- 2 * (p2$logLik - p1$logLik); put("ordered.proportional_odds.statistic", lr, "ordinal::clmm2, nominal"); put("ordered.proportional_odds.p_value", pchisq(lr, 3, lower.tail = FALSE), "ordinal::clmm2, nominal")
# clmm stops at a slightly smaller likelihood here than clmm2 does.
three <- clmm2(location = y ~ w, random = id, data = long(1:3), nAGQ = 40, Hess = TRUE); c3 <- coef(summary(three)); by <- "ordinal::clmm2, nAGQ 40"
for (w in 2:3) { put(paste0("ordered.three.wave", w, ".estimate"), c3[paste0("w", w), 1], by); put(paste0("ordered.three.wave", w, ".std_error"), c3[paste0("w", w), 2], by) }

versions <- sapply(c("psych", "lavaan", "ordinal", "sandwich", "numDeriv"), function(p) as.character(packageVersion(p)))
write(toJSON(list(versions = c(R = paste(R.version$major, R.version$minor, sep = "."), as.list(versions)), rows = out), auto_unbox = TRUE, digits = 15, pretty = TRUE), "r_reference_measurement.json")
