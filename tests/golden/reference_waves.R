# Makes r_reference_waves.json: values of second software on the inputs of datasets_waves.json.
# Run in this folder: Rscript reference_waves.R. It is not needed to run the tests.
suppressMessages({
  library(jsonlite); library(nlme); library(numDeriv); library(sandwich); library(lmtest)
})
d <- fromJSON("datasets_waves.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- four waves, unstructured covariance: gls, then Kenward & Roger 1997 with full matrices
scores <- d$trajectory; size <- ncol(scores)
rows <- data.frame(id = as.vector(row(scores)), w = as.vector(col(scores)), y = as.vector(scores))
rows <- rows[!is.na(rows$y), ]; rows <- rows[order(rows$id, rows$w), ]
tight <- glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 500)
m <- gls(y ~ 0 + factor(w), rows, correlation = corSymm(form = ~ w | id), weights = varIdent(form = ~ 1 | w), control = tight)
ratio <- coef(m$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[as.character(seq_len(size))]
R <- diag(size); R[lower.tri(R)] <- coef(m$modelStruct$corStruct, unconstrained = FALSE); R <- R + t(R) - diag(size)
S <- m$sigma^2 * outer(ratio, ratio) * R; theta <- S[upper.tri(S, diag = TRUE)]; k <- length(theta)
structure <- function(th) { S <- matrix(0, size, size); S[upper.tri(S, diag = TRUE)] <- th; S + t(S) - diag(diag(S), size) }
full <- function(th) { S <- structure(th); outer(seq_len(nrow(rows)), seq_len(nrow(rows)), function(i, j) ifelse(rows$id[i] == rows$id[j], S[cbind(rows$w[i], rows$w[j])], 0)) }
x <- model.matrix(~ 0 + factor(w), rows)
# gls stops at a relative change of its likelihood; Newton steps lead on to the maximum.
reml <- function(th) { V <- full(th); Vi <- solve(V); A <- t(x) %*% Vi %*% x; r <- rows$y - x %*% solve(A, t(x) %*% Vi %*% rows$y); -.5 * (determinant(V)$modulus + determinant(A)$modulus + sum(r * (Vi %*% r))) }
for (i in 1:4) theta <- theta - solve(hessian(reml, theta), grad(reml, theta))
Vi <- solve(full(theta))
G <- lapply(seq_len(k), function(i) full(replace(numeric(k), i, 1))); Phi <- solve(t(x) %*% Vi %*% x)
P <- lapply(G, function(g) -t(x) %*% Vi %*% g %*% Vi %*% x)
Q <- function(i, j) t(x) %*% Vi %*% G[[i]] %*% Vi %*% G[[j]] %*% Vi %*% x
tr <- function(m) sum(diag(m))
W <- 2 * solve(outer(seq_len(k), seq_len(k), Vectorize(function(i, j) tr(Vi %*% G[[i]] %*% Vi %*% G[[j]]) - tr(2 * Phi %*% Q(i, j) - Phi %*% P[[i]] %*% Phi %*% P[[j]]))))
U <- matrix(0, size, size); for (i in seq_len(k)) for (j in seq_len(k)) U <- U + W[i, j] * (Q(i, j) - P[[i]] %*% Phi %*% P[[j]])
L <- Phi %*% U %*% Phi
beta <- function(th) { Vi <- solve(full(th)); as.vector(solve(t(x) %*% Vi %*% x, t(x) %*% Vi %*% rows$y)) }
D <- jacobian(beta, theta); O <- D %*% W %*% t(D)
error <- function(l) sqrt(sum(l * (Phi %*% l)) + sum(l * (L %*% l)) + max(sum(l * (L %*% l)), sum(l * (O %*% l))))
b <- beta(theta); by <- "nlme::gls, corSymm and varIdent, Newton steps by numDeriv"; kr <- "nlme::gls, full matrices, derivatives by numDeriv"
for (w in seq_len(size)) { l <- replace(numeric(size), w, 1); put(paste0("trajectory.level", w, ".estimate"), b[w], by); put(paste0("trajectory.level", w, ".std_error"), error(l), kr) }
for (pair in list(c(1, 2), c(1, 3), c(1, 4), c(3, 4))) {
  l <- replace(numeric(size), pair, c(-1, 1)); key <- paste0("trajectory.", pair[1], "_", pair[2]); e <- sum(l * b); s <- error(l)
  g <- grad(function(th) { Vi <- solve(full(th)); sum(l * solve(t(x) %*% Vi %*% x, l)) }, theta)
  df <- 2 * sum(l * (Phi %*% l))^2 / as.numeric(t(g) %*% W %*% g)
  put(paste0(key, ".estimate"), e, by); put(paste0(key, ".std_error"), s, kr); put(paste0(key, ".df"), df, "Kenward & Roger 1997, full matrices")
  put(paste0(key, ".p_value"), 2 * pt(-abs(e / s), df), kr); put(paste0(key, ".ci_low"), e - qt(.975, df) * s, kr); put(paste0(key, ".ci_high"), e + qt(.975, df) * s, kr)
}

# ---- three waves of yes and no: the likelihood by optim, its curvature by numDeriv
ways <- as.matrix(expand.grid(c(0, 1), c(0, 1), c(0, 1)))
stands <- t(apply(d$answers, 1, function(a) apply(ways, 1, function(w) all(is.na(a) | a == w))))
ml <- function(extra) {
  p <- function(t) exp(c(t, 0)) / sum(exp(c(t, 0)))
  loglik <- function(t) sum(log(stands %*% p(t))) + extra * sum(log(p(t)))
  o <- optim(rep(0, 7), function(t) -loglik(t), method = "BFGS", control = list(reltol = 1e-16, maxit = 5000)); t <- o$par
  for (i in 1:6) t <- t - solve(hessian(loglik, t), grad(loglik, t))
  list(p = p, t = t, V = solve(-hessian(loglik, t)))
}
raw <- ml(0); smooth <- ml(2 / 8); by <- "stats::optim and numDeriv on the likelihood"
value <- function(f, l) sum(l * f$p(f$t))
spread <- function(f, l) { g <- grad(function(t) sum(l * f$p(t)), f$t); sqrt(as.numeric(t(g) %*% f$V %*% g)) }
for (w in 1:3) { put(paste0("answers.level", w, ".estimate"), value(raw, ways[, w]), by); put(paste0("answers.level", w, ".std_error"), spread(smooth, ways[, w]), by) }
for (pair in list(c(1, 2), c(1, 3), c(2, 3))) {
  l <- ways[, pair[2]] - ways[, pair[1]]; key <- paste0("answers.", pair[1], "_", pair[2]); c0 <- value(smooth, l); s <- spread(smooth, l)
  put(paste0(key, ".estimate"), value(raw, l), by); put(paste0(key, ".std_error"), s, by); put(paste0(key, ".p_value"), 2 * pnorm(-abs(c0 / s)), by)
  put(paste0(key, ".ci_low"), c0 - qnorm(.975) * s, by); put(paste0(key, ".ci_high"), c0 + qnorm(.975) * s, by)
}

# ---- months: lm, sandwich::NeweyWest; adjusted by traces of full matrices at gls's own AR(1); the slope's t
# averaged over the AR(1) correlation by stats::integrate, from twelve months on either side on
averaged <- function(y, X, l) {
  n <- length(y); k <- ncol(X); a <- as.vector(X %*% solve(crossprod(X), l)); e <- sum(a * y)
  at <- function(r) {
    P <- diag(c(1, rep(1 + r^2, n - 2), 1)); P[cbind(1:(n - 1), 2:n)] <- -r; P[cbind(2:n, 1:(n - 1))] <- -r; P <- P / (1 - r^2)
    A <- t(X) %*% P %*% X; u <- y - X %*% solve(A, t(X) %*% P %*% y); s2 <- as.numeric(t(u) %*% P %*% u) / (n - k)
    c(-.5 * ((n - 1) * log(1 - r^2) + as.numeric(determinant(A)$modulus) + (n - k) * log(s2)), sqrt(s2 * as.numeric(t(a) %*% r^abs(outer(1:n, 1:n, "-")) %*% a)))
  }
  top <- optimize(function(r) at(r)[1], c(-.9, .99), maximum = TRUE)$objective
  over <- function(g) integrate(Vectorize(function(r) { v <- at(r); exp(v[1] - top) * g(v[2]) }), -1, 1, rel.tol = 1e-9, subdivisions = 2000)$value
  z <- over(function(s) 1); p <- function(d) over(function(s) 2 * pt(-d / s, n - k)) / z
  half <- uniroot(function(d) p(d) - .05, c(1e-6, 100), tol = 1e-10)$root
  c(std_error = sqrt(over(function(s) s^2) / z), p_value = p(abs(e)), ci_low = e - half, ci_high = e + half)
}
for (name in names(d$series)) {
  s <- d$series[[name]]; y <- s$y; n <- length(y); t <- 0:(n - 1); lag <- ceiling(.75 * n^(1 / 3))
  X <- cbind(one = 1, t = t); for (e in s$starts) X <- cbind(X, as.numeric(t >= e), pmax(t - e, 0))
  if (n >= 24) X <- cbind(X, sin(2 * pi * (t + s$first - 1) / 12), cos(2 * pi * (t + s$first - 1) / 12))
  colnames(X) <- paste0("x", seq_len(ncol(X))); k <- ncol(X)
  f <- lm(y ~ 0 + X); V <- NeweyWest(f, lag = lag, prewhite = FALSE, adjust = TRUE)
  g <- suppressWarnings(try(gls(y ~ 0 + X, correlation = corAR1(form = ~ 1), method = "REML", control = glsControl(tolerance = 1e-12, msTol = 1e-14)), silent = TRUE))
  rho <- coef(g$modelStruct$corStruct, unconstrained = FALSE)
  one <- function(r) { V <- r^abs(outer(1:n, 1:n, "-")); A <- t(X) %*% solve(V, X); e <- y - X %*% solve(A, t(X) %*% solve(V, y)); -.5 * (determinant(V)$modulus + determinant(A)$modulus + (n - k) * log(sum(e * solve(V, e)))) }
  for (i in 1:4) rho <- rho - grad(one, rho) / hessian(one, rho)[1]; rho <- max(0, rho)
  put(paste0(name, ".autocorrelation"), rho, "nlme::gls, corAR1, REML, Newton steps by numDeriv"); put(paste0(name, ".durbin_watson"), dwtest(f)$statistic, "lmtest::dwtest")
  put(paste0(name, ".ljung_box_p"), Box.test(resid(f), lag = min(10, n %/% 5), type = "Ljung-Box")$p.value, "stats::Box.test")
  ends <- c(s$starts, n)
  for (j in seq_along(s$starts)) for (part in c("level", "slope", "gap")) {
    l <- numeric(k); at <- 2 * j + 1; if (part != "slope") l[at] <- 1
    l[at + 1] <- c(level = 0, slope = 1, gap = mean(0:(ends[j + 1] - ends[j] - 1)))[part]
    e <- sum(l * coef(f)); v <- as.numeric(t(l) %*% V %*% l)
    B <- solve(crossprod(X)); a <- as.vector(X %*% B %*% l); H <- diag(n) - X %*% B %*% t(X)
    w <- outer(1:n, 1:n, function(i, j) pmax(0, 1 - abs(i - j) / (lag + 1))); O <- outer(1:n, 1:n, function(i, j) rho^abs(i - j))
    M <- n / (n - k) * H %*% diag(a) %*% w %*% diag(a) %*% H %*% O
    tests <- list(newey_west = list(sqrt(v), n - k, "sandwich::NeweyWest, t on n - k"), adjusted = list(sqrt(v * as.numeric(t(a) %*% O %*% a) / sum(diag(M))), sum(diag(M))^2 / sum(diag(M %*% M)), "sandwich::NeweyWest, traces at nlme's AR(1)"))
    if (part == "slope") {
      tests$adjusted <- NULL; key <- paste(name, "adjusted", j, part, sep = ".")
      if (min(diff(c(0, ends))[j + 0:1]) >= 12) { v <- averaged(y, X, l); put(paste0(key, ".estimate"), e, "stats::lm"); for (u in names(v)) put(paste(key, u, sep = "."), v[[u]], "stats::integrate over AR(1)") }
    }
    for (rule in names(tests)) {
      u <- tests[[rule]]; key <- paste(name, rule, j, part, sep = ".")
      put(paste0(key, ".estimate"), e, "stats::lm"); put(paste0(key, ".std_error"), u[[1]], u[[3]]); put(paste0(key, ".df"), u[[2]], u[[3]])
      put(paste0(key, ".p_value"), 2 * pt(-abs(e / u[[1]]), u[[2]]), u[[3]]); put(paste0(key, ".ci_low"), e - qt(.975, u[[2]]) * u[[1]], u[[3]]); put(paste0(key, ".ci_high"), e + qt(.975, u[[2]]) * u[[1]], u[[3]])
    }
  }
  last <- length(s$starts); keep <- replace(coef(f), c(2 * last + 1, 2 * last + 2), 0); put(paste0(name, ".expected_last"), sum(X[n, ] * keep), "stats::lm")
}
packages <- c("nlme", "numDeriv", "sandwich", "lmtest")
versions <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
write(toJSON(list(versions = versions, rows = out), auto_unbox = TRUE, digits = NA, pretty = TRUE), "r_reference_waves.json")
cat(length(out), "values\n")
