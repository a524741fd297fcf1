# Makes r_reference_change.json: values of second software on the inputs of datasets_change.json.
# Run in this folder: Rscript reference_change.R. It is not needed to run the tests.
suppressMessages({
  library(jsonlite); library(nlme); library(lme4); library(pbkrtest); library(numDeriv)
})
d <- fromJSON("datasets_change.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- repeated measures, unstructured covariance
long <- function(scores) {
  rows <- data.frame(id = as.vector(row(scores)), w = as.vector(col(scores)), y = as.vector(scores))
  rows <- rows[!is.na(rows$y), ]
  rows[order(rows$id, rows$w), ]
}
# Kenward & Roger 1997 with full matrices; derivatives of the means by differences (numDeriv).
# `structure` maps parameters to the covariance of the waves and must be linear in them.
kenward_roger <- function(rows, theta, structure, direction) {
  x <- model.matrix(~ 0 + factor(w), rows)
  full <- function(th) { S <- structure(th); outer(seq_len(nrow(rows)), seq_len(nrow(rows)), function(i, j) ifelse(rows$id[i] == rows$id[j], S[cbind(rows$w[i], rows$w[j])], 0)) }
  k <- length(theta); V <- full(theta); Vi <- solve(V)
  G <- lapply(seq_len(k), function(i) full(replace(numeric(k), i, 1)))
  Phi <- solve(t(x) %*% Vi %*% x)
  P <- lapply(G, function(g) -t(x) %*% Vi %*% g %*% Vi %*% x)
  Q <- function(i, j) t(x) %*% Vi %*% G[[i]] %*% Vi %*% G[[j]] %*% Vi %*% x
  tr <- function(m) sum(diag(m))
  I2 <- outer(seq_len(k), seq_len(k), Vectorize(function(i, j) tr(Vi %*% G[[i]] %*% Vi %*% G[[j]]) - tr(2 * Phi %*% Q(i, j) - Phi %*% P[[i]] %*% Phi %*% P[[j]])))
  W <- 2 * solve(I2); U <- matrix(0, ncol(x), ncol(x))
  for (i in seq_len(k)) for (j in seq_len(k)) U <- U + W[i, j] * (Q(i, j) - P[[i]] %*% Phi %*% P[[j]])
  L <- Phi %*% U %*% Phi
  beta <- function(th) { Vi <- solve(full(th)); as.vector(solve(t(x) %*% Vi %*% x, t(x) %*% Vi %*% rows$y)) }
  D <- jacobian(beta, theta); O <- D %*% W %*% t(D)
  l <- direction; v <- sum(l * (Phi %*% l))
  g <- grad(function(th) { Vi <- solve(full(th)); sum(l * solve(t(x) %*% Vi %*% x, l)) }, theta)
  list(estimate = sum(l * beta(theta)), unadjusted = sqrt(v), kr = sqrt(v + 2 * sum(l * (L %*% l))),
    std_error = sqrt(v + sum(l * (L %*% l)) + max(sum(l * (L %*% l)), sum(l * (O %*% l)))), df = 2 * v^2 / as.numeric(t(g) %*% W %*% g), beta = beta(theta), level_se = sqrt(diag(Phi + L) + pmax(diag(L), diag(O))))
}
symmetric <- function(size) function(th) { S <- matrix(0, size, size); S[upper.tri(S, diag = TRUE)] <- th; S + t(S) - diag(diag(S), size) }
tight <- glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 500)
for (name in c("spread", "few", "three")) {
  scores <- as.matrix(d$waves[[name]]); rows <- long(scores); size <- ncol(scores)
  m <- gls(y ~ 0 + factor(w), rows, correlation = corSymm(form = ~ w | id), weights = varIdent(form = ~ 1 | w), control = tight)
  # Covariance of someone who answered every wave, on the scale of the waves' order.
  ratio <- coef(m$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[as.character(seq_len(size))]
  R <- diag(size); R[lower.tri(R)] <- coef(m$modelStruct$corStruct, unconstrained = FALSE); R <- R + t(R) - diag(size)
  S <- m$sigma^2 * outer(ratio, ratio) * R
  for (later in 2:size) {
    l <- replace(numeric(size), c(1, later), c(-1, 1)); key <- paste0("unstructured.", name, ".", later - 1)
    put(paste0(key, ".estimate"), sum(l * coef(m)), "nlme::gls, corSymm and varIdent"); put(paste0(key, ".std_error_unadjusted"), sqrt(sum(l * (vcov(m) %*% l))), "nlme::gls, corSymm and varIdent")
    put(paste0(key, ".sd_post"), sqrt(S[later, later]), "nlme::gls, corSymm and varIdent"); put(paste0(key, ".r"), R[1, later], "nlme::gls, corSymm and varIdent")
    k <- kenward_roger(rows, S[upper.tri(S, diag = TRUE)], symmetric(size), l); by <- "nlme::gls, then Kenward & Roger 1997 with full matrices"
    put(paste0(key, ".std_error_kenward_roger"), k$kr, by); put(paste0(key, ".df"), k$df, by)
    by <- "nlme::gls, full matrices, derivatives by numDeriv"
    put(paste0(key, ".std_error"), k$std_error, by); put(paste0(key, ".p_value"), 2 * pt(-abs(k$estimate / k$std_error), k$df), by)
    put(paste0(key, ".ci_low"), k$estimate - qt(.975, k$df) * k$std_error, by); put(paste0(key, ".level_post"), coef(m)[later], "nlme::gls, corSymm and varIdent"); put(paste0(key, ".level_post_std_error"), k$level_se[later], by)
  }
}
# ---- compound symmetry: pbkrtest's own Kenward-Roger
for (name in c("spread", "few")) {
  rows <- long(as.matrix(d$waves[[name]])); rows$w <- rows$w - 1
  f <- lmer(y ~ w + (1 | id), rows, control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-14)))
  v <- vcovAdj(f); key <- paste0("symmetric.", name)
  put(paste0(key, ".estimate"), fixef(f)["w"], "lme4::lmer"); put(paste0(key, ".std_error_kenward_roger"), sqrt(v[2, 2]), "pbkrtest::vcovAdj"); put(paste0(key, ".df"), get_Lb_ddf(f, c(0, 1)), "pbkrtest::get_Lb_ddf")
}

# ---- yes/no with missing margins: likelihood by optim, curvature by numDeriv
ml <- function(pairs) {
  loglik <- function(t) { p <- matrix(exp(c(t, 0)) / sum(exp(c(t, 0))), 2, byrow = TRUE); sum(pairs * log(p)) + sum(d$share$before * log(rowSums(p))) + sum(d$share$after * log(colSums(p))) }
  o <- optim(c(0, 0, 0), function(t) -loglik(t), method = "BFGS", control = list(reltol = 1e-16, maxit = 2000)); t <- o$par
  for (i in 1:5) t <- t - solve(hessian(loglik, t), grad(loglik, t))
  p <- function(t) exp(c(t, 0)) / sum(exp(c(t, 0))); change <- function(t) p(t)[2] - p(t)[3]; after <- function(t) p(t)[2] + p(t)[4]; V <- solve(-hessian(loglik, t))
  list(change = change(t), after = after(t), se = sqrt(as.numeric(t(grad(change, t)) %*% V %*% grad(change, t))), se_after = sqrt(as.numeric(t(grad(after, t)) %*% V %*% grad(after, t))))
}
pairs <- as.matrix(d$share$pairs); raw <- ml(pairs); half <- ml(pairs + .5); by <- "stats::optim and numDeriv on the likelihood"
put("standardised_share.estimate", raw$change, by); put("standardised_share.level_post", raw$after, by); put("standardised_share.std_error", half$se, by); put("standardised_share.level_post_std_error", half$se_after, by)
put("standardised_share.ci_low", half$change - qnorm(.975) * half$se, by); put("standardised_share.ci_high", half$change + qnorm(.975) * half$se, by); put("standardised_share.p_value", 2 * pnorm(-abs(half$change / half$se)), by)

packages <- c("nlme", "lme4", "pbkrtest", "numDeriv")
versions <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
write(toJSON(list(versions = versions, rows = out), auto_unbox = TRUE, digits = NA, pretty = TRUE), "r_reference_change.json")
cat(length(out), "values\n")
