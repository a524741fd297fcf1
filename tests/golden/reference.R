# Makes r_reference.json: values of second software on the inputs of datasets.json.
# Run in this folder: Rscript reference.R. It is not needed to run the tests.
suppressMessages({
  library(jsonlite); library(survival); library(psych); library(lmerTest); library(metafor)
  library(coin); library(emmeans); library(MASS); library(sandwich); library(clubSandwich)
  library(survey); library(effectsize)
})
d <- fromJSON("datasets.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- mean change
for (name in c("pairs", "likert")) {
  x <- d[[name]]$pre; y <- d[[name]]$post
  t <- t.test(y, x, paired = TRUE); w <- t.test(y, x)
  for (k in list(list("paired_t", t), list("welch_t", w))) {
    p <- paste(name, k[[1]], sep = ".")
    put(paste0(p, ".statistic"), k[[2]]$statistic, "stats::t.test"); put(paste0(p, ".df"), k[[2]]$parameter, "stats::t.test")
    put(paste0(p, ".p_value"), k[[2]]$p.value, "stats::t.test"); put(paste0(p, ".std_error"), k[[2]]$stderr, "stats::t.test")
    put(paste0(p, ".ci_low"), k[[2]]$conf.int[1], "stats::t.test"); put(paste0(p, ".ci_high"), k[[2]]$conf.int[2], "stats::t.test")
  }
  put(paste0(name, ".paired_t.estimate"), t$estimate, "stats::t.test")
  e <- t.test(y - x, conf.level = .9)
  put(paste0(name, ".tost.ci_low"), e$conf.int[1], "stats::t.test"); put(paste0(name, ".tost.ci_high"), e$conf.int[2], "stats::t.test")
  lo <- t.test(y - x, mu = -.5, alternative = "greater")$p.value; hi <- t.test(y - x, mu = .5, alternative = "less")$p.value
  put(paste0(name, ".tost.p_value"), max(lo, hi), "stats::t.test, twice one-sided")
  dz <- effectsize::cohens_d(y, x, paired = TRUE); g <- effectsize::hedges_g(y, x, paired = TRUE)
  put(paste0(name, ".d_z.estimate"), dz$Cohens_d, "effectsize::cohens_d"); put(paste0(name, ".hedges_g_z.estimate"), g$Hedges_g, "effectsize::hedges_g")
  n <- length(x); q <- t$statistic
  ncp <- sapply(c(.975, .025), function(a) uniroot(function(m) pt(q, n - 1, m) - a, c(-30, 40), tol = 1e-13)$root)
  put(paste0(name, ".d_z.ci_low"), ncp[1] / sqrt(n), "stats::pt and uniroot"); put(paste0(name, ".d_z.ci_high"), ncp[2] / sqrt(n), "stats::pt and uniroot")
  put(paste0(name, ".d_av.estimate"), mean(y - x) / sqrt((var(x) + var(y)) / 2), "stats::var, Cumming 2012 ch. 11")
  put(paste0(name, ".sign.p_value"), binom.test(sum(y > x), sum(y != x))$p.value, "stats::binom.test")
  s <- suppressWarnings(wilcox.test(y, x, paired = TRUE, exact = FALSE, correct = FALSE))
  put(paste0(name, ".wilcoxon.v"), s$statistic, "stats::wilcox.test")
  if (name == "likert") {
    pr <- wilcoxsign_test(y ~ x, zero.method = "Wilcoxon", distribution = exact())
    put("likert.wilcoxon.p_value", pvalue(pr), "coin::wilcoxsign_test, exact")
    pp <- wilcoxsign_test(y ~ x, zero.method = "Pratt", distribution = exact())
    put("likert.pratt.p_value", pvalue(pp), "coin::wilcoxsign_test, exact, Pratt")
  } else {
    z <- wilcox.test(y, x, paired = TRUE, exact = TRUE, conf.int = TRUE)
    put("pairs.wilcoxon.p_value", z$p.value, "stats::wilcox.test, exact"); put("pairs.wilcoxon.estimate", z$estimate, "stats::wilcox.test")
    put("pairs.wilcoxon.ci_low", z$conf.int[1], "stats::wilcox.test"); put("pairs.wilcoxon.ci_high", z$conf.int[2], "stats::wilcox.test")
  }
  m <- suppressWarnings(wilcox.test(y, x, exact = FALSE, correct = FALSE))
  put(paste0(name, ".mann_whitney.p_value"), m$p.value, "stats::wilcox.test, no correction")
  # With ties wilcox.test has no exact estimate.
  if (name == "pairs") put("pairs.mann_whitney.estimate", wilcox.test(y, x, exact = TRUE, conf.int = TRUE)$estimate, "stats::wilcox.test, exact")
  else put("likert.mann_whitney.estimate", median(outer(y, x, "-")), "stats::median of all differences")
  rb <- effectsize::rank_biserial(y, x, paired = TRUE); put(paste0(name, ".rank_biserial.estimate"), rb$r_rank_biserial, "effectsize::rank_biserial")
  # Of pairs: differences beside as many zeros.
  above <- effectsize::p_superiority(y - x, rep(0, length(x)), parametric = FALSE)
  put(paste0(name, ".superiority.estimate"), above$p_superiority, "effectsize::p_superiority, differences against 0")
}
hg <- effectsize::hedges_g(d$pairs$post, d$pairs$pre); put("pairs.hedges_g.estimate", hg$Hedges_g, "effectsize::hedges_g, pooled")
wm <- svymean(~x, svydesign(~1, weights = d$weights, data = data.frame(x = d$pairs$post - d$pairs$pre)))
put("pairs.weighted.estimate", coef(wm), "survey::svymean"); put("pairs.weighted.std_error", SE(wm), "survey::svymean")

# ---- mixed models
p <- d$partly; m <- length(p$pre)
long <- data.frame(y = c(p$pre, p$post, p$pre_only, p$post_only), w = c(rep(0, m), rep(1, m), rep(0, length(p$pre_only)), rep(1, length(p$post_only))),
  id = c(1:m, 1:m, 1000 + seq_along(p$pre_only), 2000 + seq_along(p$post_only)))
f <- lmer(y ~ w + (1 | id), long, control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-14)))
cf <- summary(f)$coefficients["w", ]
put("partly.mixed_model.estimate", cf["Estimate"], "lmerTest::lmer"); put("partly.mixed_model.std_error", cf["Std. Error"], "lmerTest::lmer")
vc <- as.data.frame(VarCorr(f))$vcov; put("partly.mixed_model.icc", vc[1] / sum(vc), "lme4::VarCorr")
wv <- data.frame(y = d$waves$y, w = factor(d$waves$wave), id = d$waves$person)
g <- lmer(y ~ w + (1 | id), wv, control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-14))); gc <- summary(g)$coefficients
for (k in 1:2) { r <- gc[paste0("w", k), ]; q <- paste0("waves.mixed_waves.", k)
  put(paste0(q, ".estimate"), r["Estimate"], "lmerTest::lmer"); put(paste0(q, ".std_error"), r["Std. Error"], "lmerTest::lmer") }
o <- polr(factor(c(d$likert$pre, d$likert$post), ordered = TRUE) ~ rep(0:1, each = 40), Hess = TRUE, control = list(reltol = 1e-14))
put("likert.ordinal.estimate", coef(o)[1], "MASS::polr"); put("likert.ordinal.std_error", sqrt(vcov(o)[1, 1]), "MASS::polr")

# ---- categories and shares
k <- matrix(unlist(t(d$tables$mcnemar)), 2, byrow = TRUE); b <- d$tables$mcnemar[1, 2]; c0 <- d$tables$mcnemar[2, 1]
put("mcnemar.exact.p_value", binom.test(b, b + c0)$p.value, "stats::binom.test")
put("mcnemar.midp.p_value", binom.test(b, b + c0)$p.value - dbinom(min(b, c0), b + c0, .5), "stats::binom.test less dbinom")
wl <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int
tt <- d$tables$mcnemar; n <- sum(tt); x1 <- sum(tt[2, ]); x2 <- sum(tt[, 2]); p1 <- x1 / n; p2 <- x2 / n; l1 <- wl(x1, n); l2 <- wl(x2, n)
A <- tt[2, 2]; B <- tt[1, 2]; C <- tt[2, 1]; D <- tt[1, 1]; cr <- A * D - B * C; den <- sqrt(sum(tt[1, ]) * sum(tt[2, ]) * sum(tt[, 1]) * sum(tt[, 2]))
num <- if (cr > n / 2) cr - n / 2 else if (cr >= 0) 0 else cr; ph <- num / den; dd <- p2 - p1
put("mcnemar.newcombe.ci_low", dd - sqrt((p2 - l2[1])^2 - 2 * ph * (p2 - l2[1]) * (l1[2] - p1) + (l1[2] - p1)^2), "prop.test limits, Newcombe 1998 method 10")
put("mcnemar.newcombe.ci_high", dd + sqrt((l2[2] - p2)^2 - 2 * ph * (l2[2] - p2) * (p1 - l1[1]) + (p1 - l1[1])^2), "prop.test limits, Newcombe 1998 method 10")
th <- d$tables$three; mh <- mh_test(as.table(th)); put("three.stuart_maxwell.statistic", statistic(mh), "coin::mh_test"); put("three.stuart_maxwell.p_value", pvalue(mh), "coin::mh_test")
bk <- mcnemar.test(th, correct = FALSE); put("three.bowker.statistic", bk$statistic, "stats::mcnemar.test"); put("three.bowker.p_value", bk$p.value, "stats::mcnemar.test"); put("three.bowker.df", bk$parameter, "stats::mcnemar.test")
s <- d$tables$shares; a <- wl(s[1], s[2]); put("shares.wilson.ci_low", a[1], "stats::prop.test"); put("shares.wilson.ci_high", a[2], "stats::prop.test")
cp <- binom.test(s[1], s[2])$conf.int; put("shares.clopper_pearson.ci_low", cp[1], "stats::binom.test"); put("shares.clopper_pearson.ci_high", cp[2], "stats::binom.test")
bb <- wl(s[3], s[4]); q1 <- s[1] / s[2]; q2 <- s[3] / s[4]
put("shares.newcombe.ci_low", q2 - q1 - sqrt((q2 - bb[1])^2 + (a[2] - q1)^2), "prop.test limits, Newcombe 1998 square and add")
put("shares.newcombe.ci_high", q2 - q1 + sqrt((bb[2] - q2)^2 + (q1 - a[1])^2), "prop.test limits, Newcombe 1998 square and add")
pz <- prop.test(c(s[1], s[3]), c(s[2], s[4]), correct = FALSE); put("shares.z.p_value", pz$p.value, "stats::prop.test"); put("shares.z.statistic", sqrt(pz$statistic), "stats::prop.test")
put("shares.cohen_h.estimate", effectsize::cohens_h(matrix(c(s[3], s[4] - s[3], s[1], s[2] - s[1]), 2))$Cohens_h, "effectsize::cohens_h")
ch <- chisq.test(d$tables$chi, correct = FALSE); put("chi.statistic", ch$statistic, "stats::chisq.test"); put("chi.p_value", ch$p.value, "stats::chisq.test")
for (i in seq_along(d$p_values)) { put(paste0("holm.", i), p.adjust(d$p_values, "holm")[i], "stats::p.adjust"); put(paste0("bh.", i), p.adjust(d$p_values, "BH")[i], "stats::p.adjust") }

# ---- reliability
it <- d$items; colnames(it) <- paste0("i", 1:5); al <- suppressWarnings(psych::alpha(as.data.frame(it)))
put("items.alpha.estimate", al$total$raw_alpha, "psych::alpha"); n <- nrow(it); kk <- ncol(it); ra <- al$total$raw_alpha
put("items.alpha.ci_low", 1 - (1 - ra) * qf(.975, n - 1, (n - 1) * (kk - 1)), "stats::qf, Feldt 1965"); put("items.alpha.ci_high", 1 - (1 - ra) * qf(.025, n - 1, (n - 1) * (kk - 1)), "stats::qf, Feldt 1965")
for (i in 1:5) { put(paste0("items.item_rest.", i), al$item.stats$r.drop[i], "psych::alpha"); put(paste0("items.alpha_if_dropped.", i), al$alpha.drop$raw_alpha[i], "psych::alpha") }
fa1 <- psych::fa(cor(it), 1, fm = "minres", n.obs = n, min.err = 1e-10)
sds <- apply(it, 2, sd); ld <- fa1$loadings[, 1]; put("items.omega.estimate", sum(ld * sds)^2 / (sum(ld * sds)^2 + sum(sds^2 * (1 - ld^2))), "psych::fa minres, McDonald 1999")
put("items.first_factor_share", eigen(cor(it))$values[1] / 5, "base::eigen")
ic <- suppressMessages(psych::ICC(d$ratings, lmer = FALSE)$results); r <- ic[ic$type == "ICC2k", ]; a1 <- summary(aov(v ~ s + j, data.frame(v = as.vector(d$ratings), s = factor(rep(1:9, 4)), j = factor(rep(1:4, each = 9)))))[[1]]$"Mean Sq"
put("ratings.icc_average.estimate", (a1[1] - a1[3]) / (a1[1] + (a1[2] - a1[3]) / 9), "stats::aov, Shrout & Fleiss 1979")
put("ratings.icc_average.psych", r$ICC, "psych::ICC")

# ---- clusters and comparison
cd <- as.data.frame(d$clusters); f0 <- lm(y ~ arm, cd); f1 <- lm(y ~ arm + base, cd)
for (z in list(list("clusters.did_cr2", f0), list("clusters.ancova_cr2", f1))) {
  ct <- coef_test(z[[2]], vcov = "CR2", cluster = cd$cluster, test = "Satterthwaite")["arm", ]
  put(paste0(z[[1]], ".estimate"), ct$beta, "clubSandwich::coef_test"); put(paste0(z[[1]], ".std_error"), ct$SE, "clubSandwich::coef_test")
  put(paste0(z[[1]], ".df"), ct$df_Satt, "clubSandwich::coef_test"); put(paste0(z[[1]], ".p_value"), ct$p_Satt, "clubSandwich::coef_test")
  put(paste0(sub("_cr2", "_hc2", z[[1]]), ".std_error"), sqrt(vcovHC(z[[2]], type = "HC2")["arm", "arm"]), "sandwich::vcovHC") }
av <- summary(aov(y ~ factor(cluster), cd))[[1]]$"Mean Sq"; ni <- table(cd$cluster); n0 <- (sum(ni) - sum(ni^2) / sum(ni)) / (length(ni) - 1)
put("clusters.icc.estimate", (av[1] - av[2]) / (av[1] + (n0 - 1) * av[2]), "stats::aov")
wa <- oneway.test(y ~ factor(cluster %% 3), cd); put("clusters.welch_anova.statistic", wa$statistic, "stats::oneway.test"); put("clusters.welch_anova.p_value", wa$p.value, "stats::oneway.test")

# ---- spells
s <- as.data.frame(d$spells); km <- survfit(Surv(time, event) ~ 1, s, conf.type = "log-log"); q <- summary(km, times = c(60, 120, 240))
for (i in 1:3) { w <- c(60, 120, 240)[i]; put(paste0("km.", w, ".estimate"), q$surv[i], "survival::survfit"); put(paste0("km.", w, ".ci_low"), q$lower[i], "survival::survfit, log-log"); put(paste0("km.", w, ".ci_high"), q$upper[i], "survival::survfit, log-log"); put(paste0("km.", w, ".at_risk"), q$n.risk[i], "survival::survfit") }
md <- quantile(km, .5); put("km.median.estimate", md$quantile, "survival::survfit"); put("km.median.ci_low", md$lower, "survival::survfit")
rm <- summary(km, rmean = 200)$table; put("km.rmst200.estimate", rm["rmean"], "survival::survfit"); put("km.rmst200.std_error", rm["se(rmean)"], "survival::survfit")
rg <- summary(survfit(Surv(time, event) ~ group, s), rmean = 200)$table; put("rmst_difference.estimate", diff(rg[, "rmean"]), "survival::survfit"); put("rmst_difference.std_error", sqrt(sum(rg[, "se(rmean)"]^2)), "survival::survfit")
kt <- survfit(Surv(entry, time, event) ~ 1, s, conf.type = "log-log"); qt <- summary(kt, times = c(60, 120, 240))
for (i in 1:3) { w <- c(60, 120, 240)[i]; put(paste0("km_late.", w, ".estimate"), qt$surv[i], "survival::survfit, left truncated"); put(paste0("km_late.", w, ".ci_low"), qt$lower[i], "survival::survfit, left truncated") }
lr <- survdiff(Surv(time, event) ~ group, s); put("logrank.statistic", lr$chisq, "survival::survdiff"); put("logrank.p_value", pchisq(lr$chisq, 1, lower.tail = FALSE), "survival::survdiff")
cx <- coxph(Surv(time, event) ~ group + x, s, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13)); cs <- summary(cx)$coefficients
for (v in c("group", "x")) { put(paste0("cox.", v, ".estimate"), cs[v, "coef"], "survival::coxph, Efron"); put(paste0("cox.", v, ".std_error"), cs[v, "se(coef)"], "survival::coxph, Efron"); put(paste0("cox.", v, ".p_value"), cs[v, "Pr(>|z|)"], "survival::coxph, Efron") }
cl <- coxph(Surv(entry, time, event) ~ group + x, s, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13)); put("cox_late.group.estimate", coef(cl)["group"], "survival::coxph, left truncated"); put("cox_late.group.std_error", sqrt(vcov(cl)["group", "group"]), "survival::coxph, left truncated")
s$state <- factor(s$cause, 0:2, c("stay", "one", "two")); aj <- summary(survfit(Surv(time, state) ~ 1, s), times = c(120, 240)); j <- which(aj$states == "one")
put("aalen_johansen.120.estimate", aj$pstate[1, j], "survival::survfit, multi-state"); put("aalen_johansen.240.estimate", aj$pstate[2, j], "survival::survfit, multi-state")

# ---- pooling, concentration, weights
re <- rma(yi = d$meta$yi, sei = d$meta$sei, method = "REML", test = "knha", control = list(threshold = 1e-12, maxiter = 1000))
put("meta.estimate", re$beta, "metafor::rma, REML"); put("meta.std_error", re$se, "metafor::rma, Knapp-Hartung"); put("meta.ci_low", re$ci.lb, "metafor::rma, Knapp-Hartung"); put("meta.ci_high", re$ci.ub, "metafor::rma, Knapp-Hartung")
put("meta.tau2", re$tau2, "metafor::rma, REML"); put("meta.i2", re$I2 / 100, "metafor::rma"); put("meta.q", re$QE, "metafor::rma"); put("meta.q_p", re$QEp, "metafor::rma")
h <- d$hours; put("hours.gini", Hmisc::GiniMd(h) / (2 * mean(h)), "Hmisc::GiniMd over twice the mean"); put("hours.hhi", 1 - vegan::diversity(h, "simpson"), "vegan::diversity, 1 - Simpson"); put("hours.effective", vegan::diversity(h, "invsimpson"), "vegan::diversity, inverse Simpson")
ds <- svydesign(~1, weights = rep(1, 80), data = data.frame(sex = factor(d$margins$sex), age = factor(d$margins$age)))
rk <- rake(ds, list(~sex, ~age), list(data.frame(sex = 0:1, Freq = 80 * d$margins$sex_target), data.frame(age = 0:2, Freq = 80 * d$margins$age_target)), control = list(maxit = 500, epsilon = 1e-12, verbose = FALSE))
w <- weights(rk); for (i in c(1, 2, 5)) put(paste0("raking.", i), w[i] / mean(w), "survey::rake"); put("raking.kish", length(w) / vegan::diversity(w, "invsimpson"), "vegan::diversity, n over inverse Simpson")

# ---- written out from the published formula, where no package is at hand
n1 <- length(p$pre) + length(p$pre_only); n2 <- length(p$post) + length(p$post_only); a <- c(p$pre, p$pre_only); b <- c(p$post, p$post_only)
va <- var(a) / n1; vb <- var(b) / n2; ga <- (va + vb)^2 / (va^2 / (n1 - 1) + vb^2 / (n2 - 1)); alone <- n1 + n2 - 2 * m
se <- sqrt(va + vb - 2 * cor(p$pre, p$post) * sd(a) * sd(b) * m / (n1 * n2)); df <- (m - 1) + (ga - m + 1) / (alone + 2 * m) * alone; e <- mean(b) - mean(a); by <- "base R: T_new2, Derrick et al. 2017"
for (z in list(list("estimate", e), list("std_error", se), list("statistic", e / se), list("df", df), list("p_value", 2 * pt(-abs(e / se), df)), list("ci_low", e - qt(.975, df) * se), list("ci_high", e + qt(.975, df) * se))) put(paste0("partly.derrick.", z[[1]]), z[[2]], by)
r <- d$recurrent; rows <- do.call(rbind, lapply(seq_along(r$end), function(i) { t <- sort(r$time[r$person == i - 1]); cut <- unique(c(t, r$end[i]))
  data.frame(id = i, start = c(0, cut[-length(cut)]), stop = cut, event = as.numeric(cut %in% t)) }))
mf <- survfit(Surv(start, stop, event) ~ 1, rows, id = id, robust = TRUE); for (w in c(60, 120, 180)) { k <- max(which(mf$time <= w)); h <- mf$cumhaz[k]; v <- mf$std.chaz[k]
  put(paste0("mcf.", w, ".mean"), h, "survival::survfit, cumulative hazard of repeated events"); put(paste0("mcf.", w, ".ci_low"), h / exp(qnorm(.975) * v / h), "survival::survfit, robust by person"); put(paste0("mcf.", w, ".ci_high"), h * exp(qnorm(.975) * v / h), "survival::survfit, robust by person") }
q <- d$sessions; pb <- sum(q$attended) / sum(q$registered); for (i in seq_along(q$attended)) { s3 <- 3 * sqrt(pb * (1 - pb) / q$registered[i])
  put(paste0("p_chart.", i, ".low"), max(0, pb - s3), "base R: Montgomery 2012 §7.3"); put(paste0("p_chart.", i, ".high"), min(1, pb + s3), "base R: Montgomery 2012 §7.3") }
gi <- function(x, w) { o <- order(x); x <- x[o]; w <- w[o] / sum(w); L <- cumsum(w * x); (1 - sum(w * (L + c(0, L[-length(L)]))) / sum(w * x)) }
put("hours.gini.std_error", sqrt(boot::var.linear(boot::empinf(data = d$hours, statistic = gi, stype = "w", eps = 1e-7))), "boot::empinf, numerical")
set.seed(1); gk <- length(d$hours) / (length(d$hours) - 1); gb <- boot::boot(d$hours, function(x, i) gk * gi(x[i], rep(1, length(i))), 100000); L <- boot::empinf(data = d$hours, statistic = gi, stype = "w"); ci <- boot::boot.ci(gb, type = "bca", L = L)$bca
put("hours.gini.ci_low", ci[4], "boot::boot.ci, BCa, 100,000 draws"); put("hours.gini.ci_high", ci[5], "boot::boot.ci, BCa, 100,000 draws")
g <- d$imputed; q <- rowMeans(g); pooled <- mice::pool.scalar(q, apply(g, 1, var) / ncol(g), n = ncol(g), k = 1); tot <- pooled$t; nu <- pooled$df; by <- "mice::pool.scalar"
put("rubin.estimate", mean(q), by); put("rubin.std_error", sqrt(tot), by); put("rubin.df", nu, by); put("rubin.ci_low", mean(q) - qt(.975, nu) * sqrt(tot), by); put("rubin.ci_high", mean(q) + qt(.975, nu) * sqrt(tot), by)
y <- d$lee$value; tr <- d$lee$treated == 1; k1 <- mean(!is.na(y[tr])); k0 <- mean(!is.na(y[!tr])); many <- 10080
cut <- function(v, keep, top) { v <- sort(rep(v, each = many), decreasing = top); mean(v[seq_len(round(length(v) * keep))]) }
y1 <- y[tr & !is.na(y)]; y0 <- y[!tr & !is.na(y)]; f1 <- min(k1, k0) / k1; f0 <- min(k1, k0) / k0
put("lee.low", cut(y1, f1, FALSE) - cut(y0, f0, TRUE), "base R: each person copied 10,080 times, Lee 2009"); put("lee.high", cut(y1, f1, TRUE) - cut(y0, f0, FALSE), "base R: each person copied 10,080 times, Lee 2009")

packages <- c("survival", "psych", "lme4", "lmerTest", "metafor", "coin", "MASS", "sandwich", "clubSandwich", "survey", "effectsize", "boot", "Hmisc", "vegan")
versions <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
write(toJSON(list(versions = versions, rows = out), auto_unbox = TRUE, digits = NA, pretty = TRUE), "r_reference.json")
cat(length(out), "values\n")
