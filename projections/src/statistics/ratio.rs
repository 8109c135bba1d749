//! Ratios of two sums over the units that were assigned: resolved contacts per contact, by customer.
//!
//! Where customers come back, a test per contact takes one customer's habit for many observations. The delta method
//! counts each assigned unit once.

use super::Unknown;
use super::numerics::difference_of_products;
use super::sums::{Moments, counted, spread};

/// What is kept of the units of one arm: above the line `m`, below it `d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioSums {
    /// Units that were assigned.
    pub n: f64,
    /// Sum of `m`.
    pub m_sum: f64,
    /// Sum of its squares.
    pub m_squares: f64,
    /// Sum of `d`.
    pub d_sum: f64,
    /// Sum of its squares.
    pub d_squares: f64,
    /// Sum of the products.
    pub products: f64,
}

impl RatioSums {
    /// The ratio `R = Σm/Σd` and the variance of a unit's share in it,
    /// `vm/d̄² - 2 cov m̄/d̄³ + m̄² vd/d̄⁴`; over `n` that is the variance of `R`.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for fewer than two units; [`Unknown::BaselineZero`] where `Σd` is 0;
    /// [`Unknown::Inconsistent`] for sums that no units give.
    ///
    /// Source: Deng, Knoblich, Lu, Applying the Delta Method in Metric Analytics (KDD 2018).
    pub fn moments(&self) -> Result<Moments, Unknown> {
        let n = counted(self.n)?;
        if n < 2.0 {
            return Err(Unknown::InsufficientData);
        }
        if self.d_sum == 0.0 {
            return Err(Unknown::BaselineZero);
        }
        let pairs = n * (n - 1.0);
        let m_variance = spread(n, self.m_squares, self.m_sum, self.m_sum)? / pairs;
        let d_variance = spread(n, self.d_squares, self.d_sum, self.d_sum)? / pairs;
        let covariance = difference_of_products(n, self.products, self.m_sum, self.d_sum) / pairs;
        if m_variance * d_variance * (1.0 + 1e-9) < covariance * covariance {
            return Err(Unknown::Inconsistent("the products are larger than the squares allow"));
        }
        let (ratio, mean) = (self.m_sum / self.d_sum, self.d_sum / n);
        let variance = (m_variance - 2.0 * covariance * ratio + ratio * ratio * d_variance) / (mean * mean);
        Ok(Moments { n, mean: Unknown::unless_finite(ratio)?, variance: Some(Unknown::unless_finite(variance)?.max(0.0)) })
    }
}
