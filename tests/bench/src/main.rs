//! Measures the console beside its peers.

fn main() {}
