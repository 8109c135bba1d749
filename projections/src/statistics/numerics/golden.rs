//! The special functions against values computed with 60 digits: mpmath 1.4.1.

#![allow(clippy::excessive_precision, reason = "the digits are as the other program printed them")]

use super::{beta, deviance, gamma, ln_choose, normal, stirling_error, student};

#[track_caller]
fn near(name: &str, at: &[f64], found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{name} {at:?}: {found:e} is not {expected:e}");
}

#[test]
fn the_terms_below_everything_keep_their_digits() {
    for (x, expected) in [
        (0.5, 0.15342640972002736),
        (3.0, 0.02767792568499834),
        (14.5, 0.0057462165130101155),
        (15.0, 0.005554733551962801),
        (100.0, 0.0008333305556349147),
        (1000000.0, 8.333333333333056e-08),
    ] {
        near("stirling", &[x], stirling_error(x), expected, 2e-12);
    }
    for (x, mean, expected) in [
        (3.0, 7.0, 1.4581064188383892),
        (1000000000.0, 1000001000.0, 0.0004999996666669167),
        (100.0, 99.0, 0.005033585350144119),
        (5.0, 0.001, 37.58696595708119),
    ] {
        near("deviance", &[x, mean], deviance(x, mean), expected, 1e-14);
    }
    for (n, k, expected) in
        [(10.0, 3.0, 4.787491742782046), (1000000000.0, 500000000.0, 693147169.9725211), (1000000.0, 10.0, 123.05064800642472)]
    {
        near("choose", &[n, k], ln_choose(n, k), expected, 1e-14);
    }
}

#[test]
fn the_normal_is_right_to_the_last_places() {
    for (z, expected) in [
        (-3.0, 0.9986501019683699),
        (0.5, 0.3085375387259869),
        (1.96, 0.024997895148220435),
        (8.0, 6.220960574271784e-16),
        (20.0, 2.7536241186062337e-89),
        (37.0, 5.725571222524577e-300),
    ] {
        near("upper", &[z], normal::upper(z), expected, 4e-16);
        assert!((normal::ln_upper(z) - libm::log(expected)).abs() < 1e-12 * libm::log(expected).abs().max(1.0), "{z}");
    }
    for (p, expected) in
        [(0.025, 1.9599639845400543), (0.3, 0.5244005127080408), (1e-10, 6.361340902404057), (1e-300, 37.0470962993612)]
    {
        near("quantile", &[p], normal::upper_quantile(p), expected, 4e-16);
    }
}

#[test]
fn the_incomplete_beta_keeps_its_digits_in_the_tails_and_for_large_shapes() {
    for (a, b, x, expected) in [
        (0.5, 0.5, 0.3, 0.36901011956554536),
        (2.0, 3.0, 0.4, 0.5248),
        (0.01, 5.0, 0.001, 0.9527958800070773),
        (5000.0, 45000.0, 0.1, 0.5015858941130033),
        (5000.0, 45000.0, 0.09, 7.655657323911057e-15),
        (300.0, 0.5, 0.99, 0.014103172217926254),
        (1000000.0, 1000000.0, 0.4995, 0.07864957758090163),
        (0.5, 10000000.0, 1e-07, 0.842700798138559),
        (40.0, 100000.0, 0.0001, 7.396361633060035e-13),
        (3.5, 200.0, 0.2, 0.9999999999999999),
    ] {
        near("beta", &[a, b, x], beta::tails(a, b, x, 1.0 - x).lower, expected, 2e-13);
    }
}

#[test]
fn the_incomplete_gamma_keeps_its_digits_in_both_tails() {
    for (a, x, lower, upper) in [
        (0.5, 0.1, 0.345279153981423, 0.654720846018577),
        (0.5, 11.38718442094718, 0.9999981782071273, 1.821792872619186e-06),
        (1.5, 700.0, 1.0, 2.945619361016309e-303),
        (40.0, 22.5, 0.0005453244263923008, 0.9994546755736077),
        (1000.0, 900.0, 0.0005499022657117829, 0.9994500977342882),
        (1000000.0, 1001500.0, 0.9331388957641022, 0.06686110423589776),
        (1000000.0, 1000000.0, 0.5001329807608725, 0.4998670192391274),
    ] {
        near("gamma", &[a, x], gamma::tails(a, x).lower, lower, 2e-13);
        near("gamma", &[a, x], gamma::tails(a, x).upper, upper, 2e-13);
    }
}

#[test]
fn student_is_right_at_a_thousand_million_degrees_and_at_1e_minus_299() {
    for (t, dof, expected) in [
        (2.0, 1.0, 0.2951672353008665),
        (0.1, 3.0, 0.9266523488008058),
        (12.0, 4.5, 0.0001378319765327304),
        (1.9599639845400545, 10000000.0, 0.050000027729512564),
        (1.9599639845400545, 1000000000.0, 0.050000000277295086),
        (37.0, 1000000000.0, 1.14565168575507e-299),
        (30.0, 185458.08605341247, 2.921090393700684e-197),
        (5.0, 198.0, 1.259339722121871e-06),
        (60.0, 2000.0, 0.0),
    ] {
        near("student", &[t, dof], student::two_sided(t, dof), expected, 5e-13);
    }
    for (alpha, dof, expected) in [
        (0.05, 10000000.0, 1.9599642217672055),
        (0.05, 1000000000.0, 1.9599639869123255),
        (0.01, 3.0, 5.840909309733357),
        (0.05, 1.0, 12.706204736174705),
        (1e-12, 50.0, 9.461789760041274),
    ] {
        near("student's quantile", &[alpha, dof], student::two_sided_quantile(alpha, dof), expected, 1e-13);
    }
}
