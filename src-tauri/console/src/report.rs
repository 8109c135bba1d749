//! What leaves the console on paper or as a picture.

pub mod chart;
