# Makes r_reference_people.json: values of second software about people and money, on the inputs of
# datasets_people.json. Run in this folder: Rscript reference_people.R. Not needed to run the tests.
# With a file of two groups it makes logrank_two_groups.json instead:
#   python ../../benchmarks/verification_people.py > /tmp/two_groups.csv; Rscript reference_people.R /tmp/two_groups.csv
suppressMessages({ library(jsonlite); library(survival); library(survey); library(sandwich) })
given <- commandArgs(trailingOnly = TRUE)
if (length(given) == 1) {
  rows <- read.csv(given)
  chisq <- vapply(split(rows, rows$set), function(one) survdiff(Surv(time, event) ~ group, one)$chisq, 0)
  write(toJSON(list(by = "survival::survdiff", survival = as.character(packageVersion("survival")), chisq = unname(chisq)),
    auto_unbox = TRUE, digits = NA), "logrank_two_groups.json")
  quit()
}
d <- fromJSON("datasets_people.json")
out <- list()
put <- function(key, value, by) out[[length(out) + 1]] <<- list(key = key, value = as.numeric(value), by = by)

# ---- spells
s <- as.data.frame(d$spells[c("time", "event", "group", "team", "x", "entry")])
for (name in c("group", "team")) {
  test <- survdiff(as.formula(paste("Surv(time, event) ~", name)), s)
  df <- sum(test$exp > 0) - 1
  put(paste0("logrank.", name, ".statistic"), test$chisq, "survival::survdiff")
  put(paste0("logrank.", name, ".df"), df, "survival::survdiff")
  put(paste0("logrank.", name, ".p_value"), pchisq(test$chisq, df, lower.tail = FALSE), "survival::survdiff")
}
exact <- coxph.control(eps = 1e-13, toler.chol = 1e-14)
for (model in list(list("group", Surv(time, event) ~ group), list("both", Surv(time, event) ~ group + x))) {
  test <- cox.zph(coxph(model[[2]], s, ties = "efron", control = exact), transform = "km")$table["GLOBAL", ]
  for (told in list(c("statistic", "chisq"), c("df", "df"), c("p_value", "p")))
    put(paste("proportional_hazards", model[[1]], told[1], sep = "."), test[told[2]], "survival::cox.zph")
}
late <- summary(survfit(Surv(entry, time, event) ~ 1, s, conf.type = "log-log"), times = c(60, 120, 240))
for (i in 1:3) {
  put(paste0("km_late.", late$time[i], ".std_error"), late$std.err[i], "survival::survfit, left truncated")
  put(paste0("km_late.", late$time[i], ".ci_high"), late$upper[i], "survival::survfit, left truncated")
}
gone <- transform(s, event = as.numeric(event == 1 | group == 1))
rm <- summary(survfit(Surv(time, event) ~ group, gone), rmean = d$spells$horizon)$table
gap <- diff(rm[, "rmean"]); se <- sqrt(sum(rm[, "se(rmean)"]^2))
by <- "survival::survfit, one curve at 0 before the horizon"
put("rmst_beyond.estimate", gap, by); put("rmst_beyond.std_error", se, by); put("rmst_beyond.p_value", 2 * pnorm(-abs(gap / se)), by)
put("rmst_beyond.ci_low", gap - qnorm(.975) * se, by); put("rmst_beyond.ci_high", gap + qnorm(.975) * se, by)
put("km_flat.median", quantile(survfit(Surv(flat_time, flat_event) ~ 1, as.data.frame(d$spells[c("flat_time", "flat_event")])), .5)$quantile, "survival::survfit, level step at .5")

# ---- repeated events: the limits are those of the package, not a formula written here
r <- d$recurrent
rows <- do.call(rbind, lapply(seq_along(r$end), function(i) {
  t <- sort(r$time[r$person == i - 1]); cut <- unique(c(t, r$end[i]))
  data.frame(id = i, start = c(0, cut[-length(cut)]), stop = cut, event = as.numeric(cut %in% t))
}))
mf <- survfit(Surv(start, stop, event) ~ 1, rows, id = id, robust = TRUE)
limits <- survival:::survfit_confint(mf$cumhaz, mf$std.chaz, logse = FALSE, conf.type = "log", conf.int = .95, ulimit = FALSE)
for (w in c(60, 120, 180)) {
  k <- max(which(mf$time <= w)); by <- "survival::survfit, robust by person, log limits"
  put(paste0("mcf_log.", w, ".mean"), mf$cumhaz[k], by)
  put(paste0("mcf_log.", w, ".ci_low"), limits$lower[k], by); put(paste0("mcf_log.", w, ".ci_high"), limits$upper[k], by)
}

# ---- a share with several trials a person; "few": everybody but three came each time, and these decide the variance
shares <- function(key, a) {
  people <- svydesign(ids = ~1, data = a, weights = ~1)
  ratio <- svyratio(~came, ~registered, people); p <- coef(ratio); se <- as.numeric(SE(ratio))
  r <- a$came - p * a$registered; k <- nrow(a); df <- min(degf(people), 2 * k / (mean(r^4) / mean(r^2)^2 - (k - 3) / (k - 1)))
  effective <- min(sum(a$registered), p * (1 - p) / se^2) * (qnorm(.975) / qt(.975, df))^2
  limits <- prop.test(p * effective, effective, correct = FALSE)$conf.int
  put(paste0(key, ".estimate"), p, "survey::svyratio"); put(paste0(key, ".std_error"), se, "survey::svyratio, linearised")
  by <- "stats::prop.test at the effective number by survey::svyratio"
  put(paste0(key, ".ci_low"), limits[1], by); put(paste0(key, ".ci_high"), limits[2], by)
}
a <- as.data.frame(d$attendance); shares("share_by_person", a)
a$came[-(1:3)] <- a$registered[-(1:3)]; shares("share_by_person.few", a)

packages <- c("survival", "survey", "sandwich")
versions <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")), setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
write(toJSON(list(versions = versions, rows = out), auto_unbox = TRUE, digits = NA, pretty = TRUE), "r_reference_people.json")
cat(length(out), "values\n")
