//! Names and stable ids of the choices a parameter offers.
//!
//! Ids go into saved states and never change; names are what hosts show. The enumerations themselves belong to
//! [`crate::control`], which knows nothing of hosts.

use nice_plug::prelude::Enum;

use crate::control::adaptive::{AdaptiveMode, Character};
use crate::control::session::PlayMode;
use crate::control::{CutSlope, DitherBits, EqKind, EqPlacement, LatencyMode};

/// Implements [`Enum`] from a table in display order.
macro_rules! choices {
    ($kind:ty { $($variant:ident $id:literal $name:literal),+ $(,)? }) => {
        impl Enum for $kind {
            fn variants() -> &'static [&'static str] {
                &[$($name),+]
            }

            fn ids() -> Option<&'static [&'static str]> {
                Some(&[$($id),+])
            }

            fn to_index(self) -> usize {
                const ORDER: &[$kind] = &[$(<$kind>::$variant),+];
                ORDER.iter().position(|known| *known == self).unwrap_or(0)
            }

            fn from_index(index: usize) -> Self {
                const ORDER: &[$kind] = &[$(<$kind>::$variant),+];
                ORDER.get(index).copied().unwrap_or(ORDER[0])
            }
        }
    };
}

choices!(LatencyMode {
    Master "master" "Master",
    Live "live" "Live",
});

choices!(EqKind {
    Bell "bell" "Bell",
    LowShelf "low_shelf" "Low shelf",
    HighShelf "high_shelf" "High shelf",
    LowCut "low_cut" "Low cut",
    HighCut "high_cut" "High cut",
    Notch "notch" "Notch",
    Tilt "tilt" "Tilt",
});

choices!(EqPlacement {
    Stereo "stereo" "Stereo",
    Mid "mid" "Mid",
    Side "side" "Side",
});

choices!(CutSlope {
    Db6 "6" "6 dB/oct",
    Db12 "12" "12 dB/oct",
    Db18 "18" "18 dB/oct",
    Db24 "24" "24 dB/oct",
    Db36 "36" "36 dB/oct",
    Db48 "48" "48 dB/oct",
});

choices!(DitherBits {
    Bits16 "16" "16 bit",
    Bits20 "20" "20 bit",
    Bits24 "24" "24 bit",
});

choices!(PlayMode {
    Host "host" "Host",
    Free "free" "Free",
    Notes "notes" "Notes",
});

choices!(AdaptiveMode {
    Off "off" "Off",
    Suggest "suggest" "Suggest",
    Learn "learn" "Learn",
    Adaptive "adaptive" "Adaptive",
});

choices!(Character {
    Neutral "neutral" "Neutral",
    Warm "warm" "Warm",
    Bright "bright" "Bright",
    Punchy "punchy" "Punchy",
    Dense "dense" "Dense",
    Open "open" "Open",
});

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Enum + Copy + PartialEq + std::fmt::Debug + Default>() {
        let names = T::variants();
        assert_eq!(T::ids().unwrap().len(), names.len());
        for index in 0..names.len() {
            assert_eq!(T::from_index(index).to_index(), index);
        }
        assert_eq!(T::from_index(names.len()), T::from_index(0));
    }

    #[test]
    fn indices_and_values_agree() {
        check::<LatencyMode>();
        check::<EqKind>();
        check::<EqPlacement>();
        check::<CutSlope>();
        check::<DitherBits>();
        check::<PlayMode>();
        check::<AdaptiveMode>();
        check::<Character>();
        for index in 0..Character::ALL.len() {
            let character = Character::from_index(index);
            assert_eq!(Character::ids().unwrap()[index], character.id());
            assert_eq!(Character::ALL[index], character);
        }
    }
}
