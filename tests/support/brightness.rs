//! How bright a recording is.

/// Power above 4 kHz over the whole, dB.
pub fn brightness_db(planes: &[Vec<f32>], rate_hz: f64) -> f64 {
    let keep = (-std::f64::consts::TAU * 4_000.0 / rate_hz).exp();
    let (mut high_power, mut power) = (0.0, 1e-20);
    for plane in planes {
        let mut lows = [0.0f64; 4];
        for x in plane {
            power += f64::from(*x).powi(2);
            let high = lows.iter_mut().fold(f64::from(*x), |x, low| {
                *low = x + keep * (*low - x);
                x - *low
            });
            high_power += high * high;
        }
    }
    10.0 * f64::log10(high_power / power)
}
