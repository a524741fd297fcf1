# Makes r_reference_groups.json: values of second software on datasets_groups.json, about groups.
# Run in this folder: Rscript reference_groups.R. It is not needed to run the tests.
suppressMessages({ library(jsonlite); library(clubSandwich); library(survey) })
d <- as.data.frame(fromJSON("datasets_groups.json"))
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

d$change <- d$post - d$pre
d$start <- d$pre - mean(d$pre)

# HC2 with Bell-McCaffrey df is CR2 with every person a cluster.
linear <- function(key, formula, cluster, wanted) {
  fit <- lm(formula, data = d)
  v <- vcovCR(fit, cluster = cluster, type = "CR2")
  test <- coef_test(fit, vcov = v, test = "Satterthwaite")
  at <- which(names(coef(fit)) == wanted)
  ci <- conf_int(fit, vcov = v, level = 0.95, test = "Satterthwaite")
  by <- "clubSandwich::coef_test, CR2, Satterthwaite"
  put(paste0(key, ".estimate"), test$beta[at], by)
  put(paste0(key, ".std_error"), test$SE[at], by)
  put(paste0(key, ".df"), test$df[at], by)
  put(paste0(key, ".p_value"), test$p_Satt[at], by)
  put(paste0(key, ".ci_low"), ci$CI_L[at], by)
  put(paste0(key, ".ci_high"), ci$CI_U[at], by)
}
person <- seq_len(nrow(d))
linear("groups.did", change ~ arm, person, "arm")
linear("groups.ancova", post ~ arm + start, person, "arm")
linear("groups.ancova_covariates", post ~ arm + start + age + female, person, "arm")
linear("groups.dose_slope", change ~ sessions + pre, person, "sessions")
linear("groups.did_cr2", change ~ arm, d$cluster, "arm")
linear("groups.ancova_cr2", post ~ arm + start, d$cluster, "arm")
linear("groups.ancova_covariates_cr2", post ~ arm + start + age + female, d$cluster, "arm")

# Where each group has a variance of its own the df are those of Welch's test if they are fewer,
# as in these data. With a score at the start no package gives them: the quadratic form of HC2,
# people x people, under the groups' own variances.
welch <- t.test(d$change[d$arm == 1], d$change[d$arm == 0])
for (k in list(c("std_error", welch$stderr), c("df", welch$parameter), c("p_value", welch$p.value),
               c("ci_low", welch$conf.int[1]), c("ci_high", welch$conf.int[2])))
  put(paste0("groups.did_by_group.", k[1]), k[2], "stats::t.test, Welch")
by_group <- function(key, formula) {
  fit <- lm(formula, data = d)
  x <- model.matrix(fit); h <- hatvalues(fit); away <- diag(nrow(x)) - x %*% solve(crossprod(x), t(x))
  own <- ave(resid(fit)^2 / (1 - h), d$arm)
  weight <- (x %*% solve(crossprod(x)))[, "arm"]^2 / (1 - h)
  form <- away %*% diag(weight) %*% away %*% diag(own)
  put(paste0(key, ".df"), sum(diag(form))^2 / sum(diag(form %*% form)), "base R, stats::lm")
}
by_group("groups.ancova_by_group", post ~ arm + start)
by_group("groups.ancova_covariates_by_group", post ~ arm + start + age + female)

# Overlap weights by logistic regression; their linearised errors by the survey package.
chance <- fitted(glm(arm ~ pre + age + female, family = binomial, data = d,
                     control = glm.control(epsilon = 1e-14, maxit = 100)))
d$w <- ifelse(d$arm == 1, 1 - chance, chance)
for (i in 1:6) put(paste0("groups.overlap_weight.", i), d$w[i], "stats::glm, binomial")
weighted <- function(key, ids) {
  fit <- svyglm(change ~ arm, design = svydesign(ids = ids, weights = ~w, data = d))
  put(paste0(key, ".estimate"), coef(fit)["arm"], "survey::svyglm")
  put(paste0(key, ".std_error"), sqrt(diag(vcov(fit)))["arm"], "survey::svyglm")
}
weighted("groups.did_overlap", ~1)
weighted("groups.did_overlap_clusters", ~cluster)

# Two changes of separate people: Welch's test of the changes, and everyone as four samples.
t <- t.test(d$change[d$arm == 1], d$change[d$arm == 0])
for (k in list(c("estimate", -diff(t$estimate)), c("std_error", t$stderr), c("df", t$parameter),
               c("p_value", t$p.value), c("ci_low", t$conf.int[1]), c("ci_high", t$conf.int[2])))
  put(paste0("groups.difference_of_changes.", k[1]), k[2], "stats::t.test, Welch")

versions <- c(R = as.character(getRversion()), sapply(c("clubSandwich", "survey"),
              function(p) as.character(packageVersion(p))))
write(toJSON(list(versions = as.list(versions), rows = out), auto_unbox = TRUE, digits = NA, pretty = TRUE),
      "r_reference_groups.json")
